//! What the commands that write work with, so that a test can put something else in its place.

use std::sync::Arc;

use skillstat_app::{App, TokioPool};
use skillstat_domain::DeploymentCommands;
use tokio::runtime::Handle;

/// Makes what writes.
pub(crate) type Wiring = dyn Fn(&App, &Handle) -> Arc<dyn DeploymentCommands>;

/// Makes what really writes. It has no cache to tell: a command looks at the disk each time.
pub(crate) fn commands(app: &App, runtime: &Handle) -> Arc<dyn DeploymentCommands> {
    Arc::new(app.commands(None, Arc::new(TokioPool::new(runtime.clone()))))
}
