//! What became of an order, line by line.

use std::collections::BTreeMap;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use skillstat_app::Surroundings;
use skillstat_domain::{
    Action, Backup, DeployError, Done, ItemReport, Outcome, Plan, Problem, RestoreReport, Skipped,
};

use super::places::short;
use super::plain::plain;
use super::states::counted;
use super::table::{Value, WordTable};
use crate::console::Console;

/// One artifact in one profile root of one project, or one backup.
#[derive(Debug)]
pub(crate) struct Line {
    /// What became of it.
    word: Word,
    /// The artifact, or the backup when it is not known of what.
    artifact: String,
    project: String,
    copy: String,
    /// Why it was skipped.
    why: Option<String>,
    /// Why it failed, and what to do.
    failure: Option<(String, String)>,
    /// Whether what was there is kept.
    kept: bool,
    /// How often another program took the record away.
    written_again: u32,
    /// What else should be known.
    pub(crate) warnings: Vec<Problem>,
}

/// What became of something, in the order in which it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Done(&'static str),
    Planned(&'static str),
    Unchanged,
    Skipped,
    Failed,
}

impl Word {
    const fn text(self) -> &'static str {
        match self {
            Self::Done(text) | Self::Planned(text) => text,
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Done(_) => AnsiColor::Green.on_default(),
            Self::Planned(_) => AnsiColor::Cyan.on_default(),
            Self::Unchanged => Style::new(),
            Self::Skipped => AnsiColor::Yellow.on_default(),
            Self::Failed => AnsiColor::Red.on_default().bold(),
        }
    }

    /// Says how many there are of it.
    fn count(self, count: usize) -> String {
        match self {
            Self::Planned(text) => format!("{count} to {text}"),
            other => format!("{count} {}", other.text()),
        }
    }
}

impl Line {
    /// Tells of an artifact in a project; `mended` says what to do if it failed.
    pub(crate) fn of_item(
        report: &ItemReport,
        mended: Option<String>,
        surroundings: &Surroundings,
    ) -> Self {
        let mut line = Self::new(&report.outcome, mended, surroundings);
        line.artifact = report.artifact.to_string();
        line.project = short(report.project.as_str(), surroundings);
        if let Some((why, _)) = &mut line.failure {
            *why = why.replace(report.project.as_str(), &line.project);
        }
        if let Outcome::Failed(
            DeployError::NeedsForce { path, .. }
            | DeployError::InTheWay { path, .. }
            | DeployError::Changed { path },
        ) = &report.outcome
            && let Ok(place) = Path::new(path).strip_prefix(report.project.as_path())
        {
            line.copy = place.display().to_string();
        }
        if let (true, Some(root)) = (line.copy.is_empty(), &report.profile_root) {
            line.copy = root.to_string();
        }
        line
    }

    /// Tells of a backup; what is `kept` says of what it is, if it is still there.
    pub(crate) fn of_backup(
        report: &RestoreReport,
        kept: Option<&Backup>,
        mended: Option<String>,
        surroundings: &Surroundings,
    ) -> Self {
        let mut line = Self::new(&report.outcome, mended, surroundings);
        if line.artifact.is_empty() {
            line.artifact = report.backup.to_string();
            if let Some(kept) = kept {
                line.project = short(kept.project.as_str(), surroundings);
                line.copy = copies(kept);
            }
        }
        line
    }

    fn new(outcome: &Outcome, mended: Option<String>, surroundings: &Surroundings) -> Self {
        let (plan, done) = match outcome {
            Outcome::Done(done) => (Some(&done.plan), Some(done)),
            Outcome::Planned(plan) => (Some(plan), None),
            Outcome::Skipped(_) | Outcome::Failed(_) => (None, None),
        };
        let failure = match outcome {
            Outcome::Failed(error) => {
                Some((error.to_string(), mended.unwrap_or_else(|| error.fix())))
            }
            Outcome::Done(_) | Outcome::Planned(_) | Outcome::Skipped(_) => None,
        };
        Self {
            word: word(outcome),
            artifact: plan.map(|plan| plan.artifact.to_string()).unwrap_or_default(),
            project: plan
                .map(|plan| short(plan.project.as_str(), surroundings))
                .unwrap_or_default(),
            copy: plan.map(copy).unwrap_or_default(),
            why: match outcome {
                Outcome::Skipped(Skipped::NotSynced(state)) => Some(state.to_string()),
                _ => None,
            },
            failure,
            kept: done.is_some_and(|done| done.backup.is_some()),
            written_again: done.map_or(0, |&Done { written_again, .. }| written_again),
            warnings: plan.map(|plan| plan.warnings.clone()).unwrap_or_default(),
        }
    }
}

fn word(outcome: &Outcome) -> Word {
    let of = |action: &Action, done: &'static str, planned: &'static str| match outcome {
        _ if *action == Action::UpToDate => Word::Unchanged,
        Outcome::Planned(_) => Word::Planned(planned),
        _ => Word::Done(done),
    };
    match outcome {
        Outcome::Done(Done { plan, .. }) | Outcome::Planned(plan) => match &plan.action {
            action @ Action::Create => of(action, "deployed", "deploy"),
            action @ Action::Replace => of(action, "replaced", "replace"),
            action @ Action::Move { .. } => of(action, "moved", "move"),
            action @ Action::Record => of(action, "recorded", "record"),
            action @ Action::Remove => of(action, "removed", "remove"),
            action @ Action::RemoveRecord => of(action, "forgotten", "forget"),
            action @ Action::Restore => of(action, "restored", "restore"),
            Action::UpToDate => Word::Unchanged,
        },
        Outcome::Skipped(Skipped::UpToDate) => Word::Unchanged,
        Outcome::Skipped(Skipped::NotSynced(_)) => Word::Skipped,
        Outcome::Failed(_) => Word::Failed,
    }
}

fn copy(plan: &Plan) -> String {
    let (root, path) = (&plan.profile_root, &plan.path);
    match &plan.action {
        Action::Move { from } => format!("{root}/{from} -> {root}/{path}"),
        _ => format!("{root}/{path}"),
    }
}

/// Returns the places that a backup has copies of.
pub(crate) fn copies(backup: &Backup) -> String {
    let places = backup.paths.iter().map(|path| format!("{}/{path}", backup.profile_root));
    places.collect::<Vec<_>>().join(", ")
}

/// Adds the lines to the answer, and below them how many there are of each sort.
pub(crate) fn table(lines: &[Line], console: &mut Console<'_>) {
    if lines.is_empty() {
        return;
    }
    let skipped = lines.iter().any(|line| line.why.is_some());
    let mut columns = vec!["ARTIFACT", "PROJECT", "COPY"];
    columns.extend(skipped.then_some("WHY"));
    let mut table = WordTable::new("RESULT", &columns, &console.out);
    let mut counts = BTreeMap::new();
    for line in lines {
        let mut cells = vec![line.artifact.clone(), line.project.clone(), line.copy.clone()];
        cells.extend(skipped.then(|| line.why.clone().unwrap_or_default()));
        let cells = cells.into_iter().map(Value::Text).collect();
        table.row(line.word.text(), line.word.style(), cells);
        *counts.entry(line.word).or_insert(0_usize) += 1;
    }
    let table = table.render(&console.out);
    console.data(table.as_bytes());
    let counts: Vec<_> = counts.into_iter().map(|(word, count)| word.count(count)).collect();
    console.line("");
    console.line(&counts.join(", "));
}

/// Says beside the answer what failed and why, and what else should be known.
pub(crate) fn notes(lines: &[Line], console: &mut Console<'_>) {
    let place = |line: &Line| match line.project.as_str() {
        "" => plain(&line.artifact).into_owned(),
        project => format!("{} in {project}", plain(&line.artifact)),
    };
    for line in lines {
        if let Some((why, fix)) = &line.failure {
            let prefix = console.err.paint("failed:", AnsiColor::Red.on_default().bold());
            console.note(&format!("{prefix} {}: {}", place(line), plain(why)));
            console.note(&format!("  to mend it: {}", plain(fix)));
        }
    }
    for line in lines.iter().filter(|line| line.written_again > 0) {
        console.note(&format!(
            "{}: another program took its record away; it was written again {}",
            place(line),
            counted(line.written_again as usize, "time")
        ));
    }
    if lines.iter().any(|line| line.kept) {
        console.note("what was there before is kept: `skillstat restore` lists it");
    }
}
