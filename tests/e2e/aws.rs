//! A test server in AWS's place: the sandbox, served from the test's own process.

use sandbox::{Options, Running};
use tokio::runtime::{Builder, Runtime};

/// Serves until it is dropped.
pub(crate) struct Aws {
    runtime: Runtime,
    /// Gone only while ending.
    running: Option<Running>,
    endpoint: String,
}

impl Aws {
    /// A seller account with so many agreements.
    pub(crate) fn with_agreements(agreements: u32) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let options = Options {
            agreements,
            ..Options::default()
        };
        let running = runtime
            .block_on(sandbox::serve(options))
            .expect("the test server starts");
        Self {
            endpoint: running.endpoint().to_owned(),
            running: Some(running),
            runtime,
        }
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}
