//! A test server in AWS's place: the sandbox, served from the test's own process.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use sandbox::{Control, Fault, Keys, Options, Running};
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

    /// From now on the operation answers with this error.
    pub(crate) fn fail(&self, operation: &str, error: &str) {
        self.add(&Fault {
            error: Some(error.to_owned()),
            ..on(operation)
        });
    }

    /// From now on the operation takes this long, as `2s`.
    pub(crate) fn delay(&self, operation: &str, by: &str) {
        self.add(&Fault {
            delay: Some(by.to_owned()),
            ..on(operation)
        });
    }

    /// From now on the operation answers with a web page.
    pub(crate) fn garble(&self, operation: &str) {
        self.add(&Fault {
            body: Some("html".to_owned()),
            ..on(operation)
        });
    }

    /// Everything is as it should be again.
    pub(crate) fn heal(&self) {
        let healed = self.runtime.block_on(self.control().clear_faults());
        healed.expect("no faults");
    }

    /// Only the access key with this id is valid.
    pub(crate) fn know_only(&self, access_key_id: &str) {
        let keys = Keys {
            access_key_id: Some(access_key_id.to_owned()),
            expired: false,
        };
        let set = self.runtime.block_on(self.control().set_credentials(&keys));
        set.expect("other keys");
    }

    fn add(&self, fault: &Fault) {
        let added = self.runtime.block_on(self.control().add_fault(fault));
        added.expect("a fault");
    }

    fn control(&self) -> Control {
        Control::at(&self.endpoint)
    }
}

fn on(operation: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        ..Fault::default()
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// A server that takes every request and never answers.
pub(crate) struct Silence {
    endpoint: String,
    asked: Arc<AtomicBool>,
}

impl Silence {
    pub(crate) fn start() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&asked);
        // What is kept here stays open.
        let mut kept = Vec::new();
        let endpoint = serve(move |stream| {
            heard.store(true, Ordering::Release);
            kept.push(stream);
        });
        Self { endpoint, asked }
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether somebody waits for an answer.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }
}

/// A server that is not AWS: it has a page to show, whatever it is asked.
pub(crate) fn web_page() -> String {
    let page = "<html><body>Welcome to the hotel's Wi-Fi</body></html>";
    always("200 OK", "text/html", page)
}

/// An STS for which every code is the wrong one, in AWS's words.
pub(crate) fn sts_refusing_codes() -> String {
    let refusal = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with \
         invalid MFA one time pass code. </Message></Error>\
         <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ErrorResponse>";
    always("403 Forbidden", "text/xml", refusal)
}

fn always(status: &'static str, kind: &'static str, body: &'static str) -> String {
    serve(move |mut stream| {
        // As much as a request has before its body; the answer is the same whatever it says.
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}");
        let _ = write!(stream, "{head}\r\nconnection: close\r\n\r\n{body}");
    })
}

/// Serves from a thread that ends with the test's process.
fn serve(mut answer: impl FnMut(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || listener.incoming().flatten().for_each(&mut answer));
    format!("http://{address}")
}
