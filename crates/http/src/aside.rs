//! Work that takes too long for a thread that polls.

use tokio::task::spawn_blocking;

use crate::problem::Refusal;

/// Does it on a thread that may block. What is made of everything there is takes milliseconds, for which
/// all that this thread serves would wait.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be made");
        Err(Refusal::internal())
    })
}
