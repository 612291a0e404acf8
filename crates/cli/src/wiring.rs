//! What the commands that write work with, so that a test can put something else in its place.

use std::sync::Arc;

use skillstat_app::{App, Config, TokioPool};
use skillstat_domain::DeploymentCommands;
use tokio::runtime::Handle;

/// Makes what writes.
pub(crate) type Wiring =
    dyn Fn(&App, &Config, &Handle) -> anyhow::Result<Arc<dyn DeploymentCommands>>;

/// Makes what really writes. It has no cache to tell: a command looks at the disk each time.
/// Other machines are told, if there are any.
pub(crate) fn commands(
    app: &App,
    config: &Config,
    runtime: &Handle,
) -> anyhow::Result<Arc<dyn DeploymentCommands>> {
    let commands = Arc::new(app.commands(None, Arc::new(TokioPool::new(runtime.clone()))));
    skillstat_app::telling(config, commands, runtime)
}
