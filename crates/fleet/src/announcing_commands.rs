//! Writing, and telling other machines before the answer.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use skillstat_domain::{
    Backup, DeployObserver, DeployOrder, DeploymentCommands, ItemReport, Outcome, Problem,
    ProjectPath, QueryError, RestoreOrder, RestoreReport, Scanned, UndeployOrder,
};
use tokio::runtime::Handle;

use crate::Leases;

/// Tells other machines of every project on a shared volume that an order may have changed: whoever asks
/// one of them after the order was answered gets the new statistics there, too.
#[derive(Debug)]
pub struct AnnouncingCommands {
    inner: Arc<dyn DeploymentCommands>,
    leases: Arc<Leases>,
    runtime: Handle,
}

impl AnnouncingCommands {
    /// Puts the telling behind the writing; `inner` has made this machine forget what it changed when it
    /// answers.
    pub fn new(inner: Arc<dyn DeploymentCommands>, leases: Arc<Leases>, runtime: Handle) -> Self {
        Self { inner, leases, runtime }
    }

    /// Carries an order out and tells of it, to the end even when nobody waits for it any more.
    async fn run<T: Reported, F>(
        &self,
        observer: Arc<dyn DeployObserver>,
        order: impl FnOnce(Arc<dyn DeploymentCommands>, Arc<dyn DeployObserver>) -> F,
    ) -> Result<Vec<T>, QueryError>
    where
        F: Future<Output = Result<Vec<T>, QueryError>> + Send + 'static,
    {
        let noting = Arc::new(Noting { observer, changed: Mutex::default() });
        let carried_out = order(Arc::clone(&self.inner), Arc::clone(&noting) as _);
        let leases = Arc::clone(&self.leases);
        let task = self.runtime.spawn(async move {
            let mut result = carried_out.await;
            let changed = std::mem::take(&mut *noting.changed());
            let problems = match &result {
                // Nobody knows how far it came.
                Err(QueryError::Failed { .. }) => leases.shared().announce_everything().await,
                Ok(_) | Err(_) => leases.shared().announce_projects(&changed).await,
            };
            for report in result.iter_mut().flatten() {
                report.warn(&problems);
            }
            result
        });
        let panicked =
            |_| QueryError::Failed { reason: "telling other machines failed".to_owned() };
        task.await.map_err(panicked)?
    }
}

/// Notes what changes.
#[derive(Debug)]
struct Noting {
    observer: Arc<dyn DeployObserver>,
    // Held to change a set.
    changed: Mutex<BTreeSet<ProjectPath>>,
}

impl Noting {
    fn changed(&self) -> std::sync::MutexGuard<'_, BTreeSet<ProjectPath>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeployObserver for Noting {
    fn begin(&self, tasks: usize) {
        self.observer.begin(tasks);
    }

    fn changed(&self, project: &ProjectPath) {
        self.changed().insert(project.clone());
        self.observer.changed(project);
    }

    fn advance(&self) {
        self.observer.advance();
    }
}

/// A report that can hold warnings.
trait Reported: Send + 'static {
    fn outcome(&mut self) -> &mut Outcome;

    /// Adds what went wrong with telling of it, if it changed something on that volume.
    fn warn(&mut self, problems: &[Problem]) {
        if let Outcome::Done(done) = self.outcome() {
            let project = done.plan.project.clone();
            let of_it = |problem: &&Problem| project.as_path().starts_with(&problem.path);
            done.plan.warnings.extend(problems.iter().filter(of_it).cloned());
        }
    }
}

impl Reported for ItemReport {
    fn outcome(&mut self) -> &mut Outcome {
        &mut self.outcome
    }
}

impl Reported for RestoreReport {
    fn outcome(&mut self) -> &mut Outcome {
        &mut self.outcome
    }
}

#[async_trait]
impl DeploymentCommands for AnnouncingCommands {
    async fn deploy(
        &self,
        order: DeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        self.run(observer, |inner, noting| async move { inner.deploy(order, noting).await }).await
    }

    async fn undeploy(
        &self,
        order: UndeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        self.run(observer, |inner, noting| async move { inner.undeploy(order, noting).await }).await
    }

    async fn restore(
        &self,
        order: RestoreOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<RestoreReport>, QueryError> {
        self.run(observer, |inner, noting| async move { inner.restore(order, noting).await }).await
    }

    async fn backups(&self) -> Result<Scanned<Vec<Backup>>, QueryError> {
        self.inner.backups().await
    }

    async fn vanished_records(&self) -> Result<Vec<Problem>, QueryError> {
        self.inner.vanished_records().await
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;
