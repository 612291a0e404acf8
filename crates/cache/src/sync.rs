//! Locks: those of std, or under `--cfg shuttle` those of the explorer of interleavings.

#[cfg(not(shuttle))]
pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock};

#[cfg(shuttle)]
pub(crate) use self::explored::{Mutex, MutexGuard, OnceLock};

/// Locks a mutex. A panic while it was held leaves a cache that may lack entries but holds no wrong
/// one, because every change to it is a single assignment, so the poison is not passed on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(shuttle)]
mod explored {
    //! What shuttle does not have.

    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    /// A cell whose waiters are seen by shuttle.
    #[derive(Debug)]
    pub(crate) struct OnceLock<T> {
        filling: Mutex<()>,
        value: std::sync::OnceLock<T>,
    }

    impl<T> Default for OnceLock<T> {
        fn default() -> Self {
            Self { filling: Mutex::new(()), value: std::sync::OnceLock::new() }
        }
    }

    impl<T> OnceLock<T> {
        pub(crate) fn get(&self) -> Option<&T> {
            self.value.get()
        }

        pub(crate) fn get_or_init(&self, fill: impl FnOnce() -> T) -> &T {
            if self.value.get().is_none() {
                let _filling = super::lock(&self.filling);
                return self.value.get_or_init(fill);
            }
            self.value.get_or_init(fill)
        }
    }
}
