//! Two things at once: the next page is decided while the one before is being made durable.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Drives both to their end. `first` is polled first, so that what it hands to others is under
/// way while `second` works.
pub(crate) async fn join<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut a, mut b) = (None, None);
    poll_fn(|context| {
        if a.is_none()
            && let Poll::Ready(output) = first.as_mut().poll(context)
        {
            a = Some(output);
        }
        if b.is_none()
            && let Poll::Ready(output) = second.as_mut().poll(context)
        {
            b = Some(output);
        }
        match (a.take(), b.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (half, other_half) => {
                (a, b) = (half, other_half);
                Poll::Pending
            }
        }
    })
    .await
}
