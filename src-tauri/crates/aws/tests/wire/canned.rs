//! A server on loopback that answers as a test says: what no honest service sends can be sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ciborium::{Value, cbor};
use tokio::io::AsyncBufReadExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The operation's name, from the path or, for STS, the form; in lower case for metering.
    pub(crate) operation: String,
    /// How many requests to this operation came before.
    pub(crate) earlier: usize,
    /// The header lines, in lower case.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The access key it was signed with.
    pub(crate) fn key(&self) -> String {
        let (_, after) = self.head.split_once("credential=").unwrap();
        after.split('/').next().unwrap().to_uppercase()
    }

    /// Region and service it was signed for.
    pub(crate) fn scope(&self) -> String {
        let (_, after) = self.head.split_once("credential=").unwrap();
        let scope: Vec<_> = after.split(',').next().unwrap().split('/').collect();
        format!("{}/{}", scope[2], scope[3])
    }

    /// The body as CBOR.
    pub(crate) fn cbor(&self) -> Value {
        ciborium::from_reader(self.body.as_slice()).unwrap()
    }
}

/// What to do with a request.
pub(crate) enum Answer {
    /// A whole answer: status, content type, body.
    Reply(u16, &'static str, Vec<u8>),
    /// Close the connection instead.
    Drop,
    /// Never answer.
    Silence,
    /// A body of this many zero bytes, sent in pieces.
    Zeros(usize),
}

/// 200 with a CBOR body.
pub(crate) fn ok(body: Value) -> Answer {
    status(200, body)
}

/// A status with a CBOR body.
pub(crate) fn status(status: u16, body: Value) -> Answer {
    let mut bytes = Vec::new();
    ciborium::into_writer(&body, &mut bytes).unwrap();
    Answer::Reply(status, "application/cbor", bytes)
}

/// An error as the Agreement and Entitlement services send it.
pub(crate) fn error(http: u16, code: &str, message: &str) -> Answer {
    let body = cbor!({ "__type" => format!("com.amazonaws#{code}"), "message" => message });
    status(http, body.unwrap())
}

/// An instant on the CBOR wire.
pub(crate) fn at(seconds: i64) -> Value {
    Value::Tag(1, Box::new(seconds.into()))
}

/// A running server.
pub(crate) struct Canned {
    pub(crate) endpoint: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Canned {
    /// Serves until the runtime of the test ends.
    pub(crate) async fn serve(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let log = Arc::clone(&requests);
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move { talk(stream, &log, &*answer).await });
            }
        });
        Self { endpoint, requests }
    }

    /// Everything that arrived so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests each operation got.
    pub(crate) fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for request in self.requests() {
            *counts.entry(request.operation).or_default() += 1;
        }
        counts
    }
}

/// Answers the requests of one connection; `None` when it ends.
async fn talk(
    stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    answer: &(impl Fn(&Request) -> Answer + Send + Sync),
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut request = read(&mut stream).await?;
        let answer = {
            let mut log = log.lock().unwrap();
            let same = |earlier: &&Request| earlier.operation == request.operation;
            request.earlier = log.iter().filter(same).count();
            log.push(request.clone());
            answer(&request)
        };
        match answer {
            Answer::Reply(status, kind, body) => {
                let head = format!(
                    "HTTP/1.1 {status} Canned\r\ncontent-type: {kind}\r\n\
                     x-amzn-requestid: canned-{}\r\ncontent-length: {}\r\n\r\n",
                    request.earlier,
                    body.len()
                );
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(&body).await.ok()?;
            }
            Answer::Drop => return None,
            Answer::Silence => std::future::pending().await,
            Answer::Zeros(bytes) => {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n");
                stream.write_all(head.as_bytes()).await.ok()?;
                let piece = vec![0; 64 * 1024];
                for _ in 0..bytes / piece.len() {
                    stream.write_all(&piece).await.ok()?;
                }
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = head.trim_end().to_owned();
    let lower = head.to_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    let path = head.split(' ').nth(1)?.split('?').next()?.to_owned();
    let form = String::from_utf8_lossy(&body);
    let action = form
        .split('&')
        .find_map(|field| field.strip_prefix("Action="));
    // The metering service's name for it.
    let target = lower
        .lines()
        .find_map(|line| line.strip_prefix("x-amz-target: ")?.split_once('.'));
    let operation = action
        .or(target.map(|(_, operation)| operation))
        .or_else(|| path.rsplit('/').next())
        .unwrap_or_default();
    Some(Request {
        operation: operation.to_owned(),
        earlier: 0,
        head: lower,
        body,
    })
}
