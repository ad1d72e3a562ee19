//! Bodies of answers: whole ones, and one that is far too large.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use crate::chance::Dice;

/// Size of the answer that is too large, in bytes.
const HUGE_BYTES: u64 = 200 * 1024 * 1024;
const CHUNK: &[u8] = &[b'['; 64 * 1024];
const GARBAGE_BYTES: usize = 4096;

/// The body of an answer.
pub(crate) enum Body {
    Whole(Option<Bytes>),
    /// This many bytes of the same are left to send.
    Repeated(u64),
}

impl Body {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::Whole(Some(bytes.into()))
    }

    pub(crate) fn huge() -> Self {
        Self::Repeated(HUGE_BYTES)
    }
}

/// Bytes that are no document of any kind.
pub(crate) fn garbage() -> Vec<u8> {
    let mut dice = Dice::new(0x6a, 0x6a);
    let mut bytes = vec![0xff];
    while bytes.len() < GARBAGE_BYTES {
        bytes.extend(dice.roll().to_le_bytes());
    }
    bytes
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = match &mut *self {
            Body::Whole(bytes) => bytes.take(),
            Body::Repeated(0) => None,
            Body::Repeated(left) => {
                let size = CHUNK
                    .len()
                    .min(usize::try_from(*left).unwrap_or(CHUNK.len()));
                *left -= size as u64;
                Some(Bytes::from_static(&CHUNK[..size]))
            }
        };
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Body::Repeated(left) => SizeHint::with_exact(*left),
        }
    }
}
