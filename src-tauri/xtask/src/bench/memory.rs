//! Memory of processes, shared pages counted once: the proportional set size (PSS) of Linux.

use std::fs;

/// PSS in KiB of a process alone; nothing where the system does not tell.
pub(crate) fn of_process(id: u32) -> Option<u64> {
    parse_pss(&fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?)
}

/// PSS in KiB of a process and all that it started, such as the processes of its web view.
pub(crate) fn of_tree(id: u32) -> Option<u64> {
    let mut sum = of_process(id)?;
    for child in children(id) {
        // One that ends meanwhile takes nothing any more.
        sum += of_tree(child).unwrap_or(0);
    }
    Some(sum)
}

/// In MiB, as people compare it.
pub(crate) fn show(kib: Option<u64>) -> String {
    kib.map_or_else(
        || "—".to_owned(),
        |kib| format!("{} MiB", kib.div_ceil(1024)),
    )
}

fn children(id: u32) -> Vec<u32> {
    // Each thread has its own children.
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else {
        return Vec::new();
    };
    threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|ids| {
            ids.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn parse_pss(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rollup_names_the_proportional_set_size() {
        let rollup = "5581-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  5120 kB\nPss:  1731 kB\n\
                      Pss_Dirty:  900 kB\n";
        assert_eq!(parse_pss(rollup), Some(1731));
        assert_eq!(parse_pss("Rss: 1 kB\n"), None);
    }
}
