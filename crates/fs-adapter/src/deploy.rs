//! Deploying, undeploying and restoring on a real file system.
//!
//! One task at a time goes through: open (`search_roots`, `beneath`: nothing outside is ever opened), work
//! out (`here`, `draft`, `restoring`: what is there, and what the rules of the domain make of it), write
//! (`transaction`, `intent`, `swap`, `recovery`), look again (`confirmation`). `backup_store` and
//! `receipts` keep what must be remembered in the state directory.

mod backup_store;
mod beneath;
mod books;
mod change;
mod confirmation;
mod draft;
mod here;
mod intent;
mod interruption;
mod options;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;
mod receipts;
mod recorded;
mod recovery;
mod restoring;
mod search_roots;
mod source;
mod state_directory;
mod swap;
mod tracker_file;
mod transaction;

use std::sync::Arc;

pub use backup_store::BackupLimits;
use backup_store::{BackupStore, Stored};
use beneath::Beneath;
use books::Books;
use change::Draft;
use confirmation::{Found, MAX_TIMES, Written};
use here::Here;
pub(crate) use interruption::Interruption;
pub use options::DeployOptions;
use receipts::Receipts;
use search_roots::{Absent, OpenProject, SearchRoots};
use skillstat_domain::{
    Backup, BackupId, DeployError, DeployObserver, Deployer, Done, Plan, Problem, ProblemKind,
    ProfileRoot, ProjectPath, RecordedArtifacts, Scanned, Task,
};
use tracker_file::TrackerFile;
use transaction::Transaction;

use crate::ExcludeError;
use crate::discovery::Reach;
use crate::file_lock::{FileLock, Patience};
use crate::layout::{INTENT_FILE, TRACKER_FILE, lock_file};

/// Makes copies beside their places and lets them change places with what is there.
#[derive(Debug)]
pub struct StagingDeployer {
    options: DeployOptions,
    roots: SearchRoots,
    reach: Reach,
    backups: BackupStore,
    receipts: Receipts,
}

impl StagingDeployer {
    /// Takes the options. Touches no disk.
    ///
    /// # Errors
    ///
    /// - [`ExcludeError`] when an exclude glob is malformed.
    pub fn new(options: DeployOptions) -> Result<Self, ExcludeError> {
        let directory = |name: &str| options.state_directory.join(name);
        let roots = options.discovery.roots.iter().map(|root| root.path.clone()).collect();
        Ok(Self {
            roots: SearchRoots(roots),
            reach: Reach::new(options.discovery.clone())?,
            backups: BackupStore::new(
                directory("backups"),
                options.backups,
                Arc::clone(&options.clock),
            ),
            receipts: Receipts(directory("receipts")),
            options,
        })
    }

    fn patience(&self) -> Patience<'_> {
        Patience { limit: self.options.lock_limit, pause: &*self.options.pause }
    }

    /// Finds out which profile root a task is about.
    fn job<'a>(&self, task: &'a Task) -> Result<Job<'a>, DeployError> {
        Ok(match task {
            Task::Deploy(deploy) => Job {
                task,
                stored: None,
                project: deploy.project.clone(),
                profile_root: deploy.profile.root().clone(),
                makes_project: deploy.create_project,
            },
            Task::Undeploy(undeploy) => Job {
                task,
                stored: None,
                project: undeploy.project.clone(),
                profile_root: undeploy.profile_root.clone(),
                makes_project: false,
            },
            Task::Restore(restore) => {
                let stored = self.backups.stored(&restore.backup)?;
                Job {
                    task,
                    project: stored.meta.project.clone(),
                    profile_root: stored.meta.profile_root.clone(),
                    stored: Some(stored),
                    makes_project: false,
                }
            }
        })
    }

    /// Opens the project of a job, to look only.
    fn open(&self, job: &Job<'_>) -> Result<OpenProject, DeployError> {
        let absent = if job.makes_project { Absent::Suppose } else { Absent::Refuse };
        let project = self.roots.open(&job.project, absent)?;
        if matches!(job.task, Task::Deploy(_)) {
            self.reach.check(&project.path, &job.profile_root)?;
        }
        Ok(project)
    }

    /// Works a job out against what is there.
    fn draft(&self, job: &Job<'_>, here: &Here) -> Result<Draft, DeployError> {
        match (job.task, &job.stored) {
            (Task::Deploy(task), _) => draft::deploy(task, here, self.options.clock.local()),
            (Task::Undeploy(task), _) => draft::undeploy(task, here),
            (Task::Restore(task), Some(stored)) => restoring::restore(stored, here, task.force),
            (Task::Restore(task), None) => {
                Err(DeployError::BackupNotFound { backup: task.backup.clone() })
            }
        }
    }

    /// Carries one task out, and returns what is to be looked for afterwards.
    fn write(
        &self,
        task: &Task,
        observer: &dyn DeployObserver,
    ) -> Result<(Done, Option<Written>), DeployError> {
        let job = self.job(task)?;
        let project = self.open(&job)?;
        let root = project.profile_root(&job.profile_root)?;
        // What is refused, or needs nothing done, leaves no trace: not even a lock file. Where there is one
        // it is looked under the lock only.
        if !root.as_ref().is_some_and(has_lock_file) {
            let draft = self.draft(&job, &Here::look(&project, &job.profile_root, root)?)?;
            if draft.is_empty() {
                return Ok((draft.done(None), None));
            }
        }
        let absent = if job.makes_project { Absent::Make } else { Absent::Refuse };
        let project = self.roots.open(&job.project, absent)?;
        let root = project.make_profile_root(&job.profile_root)?;
        let _lock = self.lock(&root)?;
        self.write_locked(&job, &project, root, observer)
    }

    fn write_locked(
        &self,
        job: &Job<'_>,
        project: &OpenProject,
        root: Beneath,
        observer: &dyn DeployObserver,
    ) -> Result<(Done, Option<Written>), DeployError> {
        self.recover(&root, (&project.path, &job.profile_root), observer)?;
        let here = Here::look(project, &job.profile_root, Some(root))?;
        let draft = self.draft(job, &here)?;
        let Some(root) = here.root.as_ref().filter(|_| !draft.is_empty()) else {
            return Ok((draft.done(None), None));
        };
        let applied =
            Transaction { here: &here, root, books: &self.books(&project.path, &job.profile_root) }
                .apply(&draft);
        // Also after a failure: nobody has to rely on everything being as it was.
        observer.changed(&project.path);
        let applied = applied?;
        let mut done = draft.done(applied.backup);
        done.plan.warnings.extend(applied.unremembered.map(|error| Problem {
            path: here.shown.clone(),
            line: None,
            kind: ProblemKind::VanishedRecord,
            reason: format!("would not be missed if its record vanished: {error}"),
            fix: error.fix(),
            artifact: Some(draft.plan.artifact.clone()),
        }));
        Ok((done, Some(Written::new(&draft))))
    }

    /// Puts in order what was interrupted, if anything was.
    fn recover(
        &self,
        root: &Beneath,
        (project, profile_root): (&ProjectPath, &ProfileRoot),
        observer: &dyn DeployObserver,
    ) -> Result<(), DeployError> {
        let interrupted = root.dir().symlink_metadata(INTENT_FILE).is_ok();
        let recovered = recovery::recover(root, &self.books(project, profile_root));
        if interrupted {
            observer.changed(project);
        }
        recovered
    }

    fn books<'a>(&'a self, project: &'a ProjectPath, profile_root: &'a ProfileRoot) -> Books<'a> {
        let (receipts, backups, patience) = (&self.receipts, &self.backups, self.patience());
        Books { receipts, backups, patience, project, profile_root }
    }

    /// Deletes the backups over the limits, if an order has made one.
    fn tidy_backups(&self, tasks: &[Task], results: &[Result<Done, DeployError>]) {
        if let Some(last) = results.iter().rev().find_map(backup_of) {
            self.backups.tidy(&spared(tasks, &last), self.patience());
        }
    }

    fn lock(&self, root: &Beneath) -> Result<FileLock, DeployError> {
        FileLock::take(root.fd(), (root.shown(), &lock_file(TRACKER_FILE)), self.patience())
    }

    /// Looks whether a record has stayed, and writes it again if it has not; tells whether it had.
    fn confirm(
        &self,
        written: &Written,
        again: bool,
        observer: &dyn DeployObserver,
    ) -> Result<Found, DeployError> {
        let project = self.roots.open(&written.project, Absent::Refuse)?;
        let Some(root) = project.profile_root(&written.profile_root)? else {
            return Ok(Found::Kept);
        };
        let found = written.find(&root, &TrackerFile::read(&root)?.text);
        if found == Found::Undone && again {
            let _lock = self.lock(&root)?;
            self.recover(&root, (&project.path, &written.profile_root), observer)?;
            let result = written.write_again(&root);
            observer.changed(&project.path);
            result?;
        }
        Ok(found)
    }

    /// Waits, and looks again, until every record has stayed or has been written often enough.
    fn confirm_all(
        &self,
        mut pending: Vec<(usize, Written)>,
        results: &mut [Result<Done, DeployError>],
        observer: &dyn DeployObserver,
    ) {
        for times in 0..=MAX_TIMES {
            if pending.is_empty() {
                return;
            }
            self.options.pause.pause(self.options.confirm_after);
            pending.retain(|(task, written)| {
                match (self.confirm(written, times < MAX_TIMES, observer), &mut results[*task]) {
                    (Ok(Found::Kept), _) => false,
                    (Ok(Found::Undone), Ok(done)) if times < MAX_TIMES => {
                        done.written_again += 1;
                        true
                    }
                    (Ok(Found::Undone), result) => {
                        *result = Err(written.erased(times + 1, backup_of(result)));
                        false
                    }
                    (Err(error), result) => {
                        let (reason, fix) = (error.to_string(), error.fix());
                        let backup = backup_of(result);
                        *result = Err(DeployError::Unconfirmed { reason, fix, backup });
                        false
                    }
                }
            });
        }
    }
}

fn backup_of(result: &Result<Done, DeployError>) -> Option<BackupId> {
    result.as_ref().ok()?.backup.clone()
}

/// The backups that no order deletes: those it names, and the last one it made.
fn spared<'a>(tasks: &'a [Task], last: &'a BackupId) -> Vec<&'a BackupId> {
    let named = tasks.iter().filter_map(|task| match task {
        Task::Restore(restore) => Some(&restore.backup),
        Task::Deploy(_) | Task::Undeploy(_) => None,
    });
    named.chain([last]).collect()
}

/// Tells whether somebody has written in a profile root before, or tried to.
fn has_lock_file(root: &Beneath) -> bool {
    root.dir().symlink_metadata(lock_file(TRACKER_FILE)).is_ok()
}

/// A task and the profile root it is about.
#[derive(Debug)]
struct Job<'a> {
    task: &'a Task,
    stored: Option<Stored>,
    project: ProjectPath,
    profile_root: ProfileRoot,
    makes_project: bool,
}

impl Deployer for StagingDeployer {
    fn recorded(&self, project: &ProjectPath) -> Result<Vec<RecordedArtifacts>, DeployError> {
        let project = self.roots.open(project, Absent::Refuse)?;
        recorded::recorded(&project)
            .map_err(|error| beneath::failed(project.path.to_string(), "listed", &error))
    }

    fn plan(&self, task: &Task) -> Result<Plan, DeployError> {
        let job = self.job(task)?;
        let project = self.open(&job)?;
        let root = project.profile_root(&job.profile_root)?;
        let interrupted = root.as_ref().and_then(Interruption::beneath);
        let mut plan = self.draft(&job, &Here::look(&project, &job.profile_root, root)?)?.plan;
        // Whoever writes puts that in order first, and may then find something else.
        plan.warnings.extend(interrupted.and_then(|interrupted| interrupted.problem));
        Ok(plan)
    }

    fn carry_out(
        &self,
        tasks: &[Task],
        observer: &dyn DeployObserver,
    ) -> Vec<Result<Done, DeployError>> {
        observer.begin(tasks.len());
        let mut pending = Vec::new();
        let mut results = Vec::with_capacity(tasks.len());
        for (index, task) in tasks.iter().enumerate() {
            results.push(self.write(task, observer).map(|(done, written)| {
                pending.extend(written.map(|written| (index, written)));
                done
            }));
            observer.advance();
        }
        self.tidy_backups(tasks, &results);
        self.confirm_all(pending, &mut results, observer);
        results
    }

    fn backups(&self) -> Scanned<Vec<Backup>> {
        self.backups.list()
    }

    fn vanished_records(&self) -> Vec<Problem> {
        self.receipts.vanished(&self.roots)
    }
}

#[cfg(test)]
mod tests;
