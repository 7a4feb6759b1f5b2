//! Plays that somebody may end before their time.

use tokio::sync::watch;

/// Whether somebody has asked to stop.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// As soon as `asked` is done.
    #[must_use]
    pub fn when(asked: impl Future<Output = ()> + Send + 'static) -> Self {
        let (ask, receiver) = watch::channel(false);
        tokio::spawn(async move {
            asked.await;
            ask.send(true).ok();
        });
        Self(receiver)
    }

    /// Whether it has come to that.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// What comes of this work; `None`: somebody asked before it was done, and it was dropped with all that it had started.
    pub(super) async fn before<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut receiver = self.0.clone();
        let asked = async move {
            if receiver.wait_for(|asked| *asked).await.is_err() {
                // Nobody is there any more who could ask.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = asked => None,
            done = work => Some(done),
        }
    }
}
