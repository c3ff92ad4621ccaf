//! How much is asked of one host at a time, however many images are read.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};

/// Requests to one host that are under way at once; the body of a layer counts until it was read.
const AT_ONCE: usize = 4;

static HOSTS: LazyLock<Mutex<HashMap<String, Arc<Host>>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Host {
    busy: Mutex<usize>,
    freed: Condvar,
}

/// Leave to ask a host, until it is dropped. A thread holds one at most, or all could wait for each other.
pub(super) struct Permit(Arc<Host>);

impl Permit {
    /// Waits until fewer than [`AT_ONCE`] are under way.
    pub(super) fn wait(host: &str) -> Self {
        let host = {
            let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
            hosts.entry(host.to_owned()).or_default().clone()
        };
        let busy = host.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut busy = host.freed.wait_while(busy, |n| *n >= AT_ONCE).unwrap_or_else(PoisonError::into_inner);
        *busy += 1;
        drop(busy);
        Self(host)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn no_more_than_so_many_at_once() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 * AT_ONCE {
                scope.spawn(|| {
                    let permit = Permit::wait("cap.example");
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                    drop(permit);
                });
            }
        });
        assert_eq!(most.into_inner(), AT_ONCE);
    }
}
