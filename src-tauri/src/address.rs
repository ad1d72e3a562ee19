//! `bindery://` addresses, by which other programs lead to a place in the window.

use std::sync::Arc;

use tauri::{AppHandle, Manager};

use crate::announce;
use crate::ipc::AddressOpened;
use crate::session::Session;

/// Bytes of an address at most.
const LENGTH_MAX: usize = 2_048;

/// Notes the address among a start's arguments, if there is one, and tells the page.
pub(crate) fn note(app: &AppHandle, arguments: impl Iterator<Item = String>) {
    let mut addresses = arguments.filter_map(|argument| place(&argument));
    if let Some(address) = addresses.next() {
        app.state::<Arc<Session>>().set_address(address);
        announce::emit(app, &AddressOpened {});
    }
}

/// The page's own address for the place that an address from outside means: a screen, and what stands
/// behind its question mark. `bindery://agreements/agmt-1` is short for `bindery://agreements?open=agmt-1`.
fn place(address: &str) -> Option<String> {
    let scheme = "bindery:";
    let is_ours = address
        .get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let fits = address.len() <= LENGTH_MAX && !address.chars().any(char::is_control);
    if !is_ours || !fits {
        return None;
    }
    let rest = address[scheme.len()..].trim_start_matches('/');
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query = query.split('#').next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let screen = parts.next().unwrap_or_default();
    let opened = parts.next().map(|id| format!("open={id}"));
    let query: Vec<_> = opened
        .iter()
        .map(String::as_str)
        .chain([query])
        .filter(|part| !part.is_empty())
        .collect();
    Some(if query.is_empty() {
        format!("#/{screen}")
    } else {
        format!("#/{screen}?{}", query.join("&"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_a_place_in_the_page() {
        for (address, expected) in [
            ("bindery://agreements/agmt-1", "#/agreements?open=agmt-1"),
            (
                "bindery://agreements?filter=status%3Aactive&open=agmt-1",
                "#/agreements?filter=status%3Aactive&open=agmt-1",
            ),
            ("bindery://organizations/acme", "#/organizations?open=acme"),
            (
                "bindery://billing-accounts/pay%2Facme?tab=links",
                "#/billing-accounts?open=pay%2Facme&tab=links",
            ),
            ("BINDERY:needs-setup/", "#/needs-setup"),
            ("bindery://link", "#/link"),
            ("bindery://link/agmt-1", "#/link?open=agmt-1"),
            ("bindery://plans/plan-1", "#/plans?open=plan-1"),
            (
                "bindery://agreements/agmt-1?tab=chain#x",
                "#/agreements?open=agmt-1&tab=chain",
            ),
            ("bindery://", "#/"),
        ] {
            assert_eq!(place(address).as_deref(), Some(expected), "{address}");
        }
        for none in [
            "--help",
            "https://example.com",
            "bindery",
            "bindery://a\nb",
            "öffne:",
            &format!("bindery://{}", "x".repeat(LENGTH_MAX)),
        ] {
            assert_eq!(place(none), None, "{none}");
        }
    }
}
