//! One test for each way in which a change reaches the disk.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use skillstat_domain::{ChangeFeed, News, StateName};

use super::{Followed, deploy, write};

/// Two projects, one of them with two skills.
fn two_projects(root: &Path) {
    deploy(&root.join("shop/.claude"), "pdf", "# PDF");
    deploy(&root.join("shop/.claude"), "csv", "# CSV");
    deploy(&root.join("work/bank/.claude"), "pdf", "# PDF");
    write(root.join("shop/.claude/skills/pdf/scripts/run.py"), "print()");
    write(root.join("shop/README.md"), "");
}

fn of(artifact: &'static str) -> impl Fn(&News) -> bool {
    move |news| matches!(news, News::Artifact { artifact: told, .. } if told.as_str() == artifact)
}

/// Sets two projects up, makes a change and checks that it is in the next answer and in the news.
async fn story(what: &str, artifact: &'static str, change: impl FnOnce(&Followed)) {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    let mut listener = followed.live.feed.listen(None);
    change(&followed);
    followed.check_and_hear(&mut *listener, what, of(artifact)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_in_place_while_the_file_is_still_open() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    let path = followed.path("shop/.claude/skills/pdf/SKILL.md");
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    for line in 0..3 {
        writeln!(file, "{line}").unwrap();
        followed.check("edited in place").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_as_editors_do() {
    story("temporary file and rename", "skill:pdf", |followed| {
        let path = followed.path("shop/.claude/skills/pdf/SKILL.md");
        let temporary = path.with_file_name(".SKILL.md.swp");
        write(&temporary, "other");
        fs::rename(&temporary, &path).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tracker_replaced_as_the_peer_does() {
    story("tracker replaced", "skill:csv", |followed| {
        let tracker = followed.path("shop/.claude/.skillmeat-deployed.toml");
        let text = fs::read_to_string(&tracker).unwrap();
        let first = text.split_inclusive("\n\n").next().unwrap();
        let temporary = tracker.with_extension("tmp");
        write(&temporary, first);
        fs::rename(temporary, tracker).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_changed() {
    story("script", "skill:pdf", |followed| {
        write(followed.path("shop/.claude/skills/pdf/scripts/run.py"), "print(1)");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_directories_made_in_one_go() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    for round in 0..20 {
        write(followed.path(&format!("shop/.claude/skills/csv/a{round}/b/c/new.txt")), "text");
        followed.check("nested").await;
        write(followed.path(&format!("shop/.claude/skills/csv/a{round}/b/c/new.txt")), "other");
        followed.check("nested, again").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_removed() {
    story("file removed", "skill:pdf", |followed| {
        fs::remove_file(followed.path("shop/.claude/skills/pdf/scripts/run.py")).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_deleted_and_made_again() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    let copy = followed.path("shop/.claude/skills/pdf");
    fs::remove_dir_all(&copy).unwrap();
    followed.check("deleted").await;
    write(copy.join("SKILL.md"), "# PDF");
    followed.check("made again").await;
    write(copy.join("SKILL.md"), "other");
    followed.check("edited again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_root_is_deleted_and_made_again() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    let profile_root = followed.path("shop/.claude");
    fs::remove_dir_all(&profile_root).unwrap();
    followed.check("deleted").await;
    deploy(&profile_root, "pdf", "# PDF");
    followed.check("made again").await;
    write(profile_root.join("skills/pdf/SKILL.md"), "other");
    followed.check("edited again").await;
    deploy(&profile_root, "new", "# New");
    followed.check("deployed again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_moved_in_and_out() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    let mut listener = followed.live.feed.listen(None);
    let outside = followed.base.join("outside");
    fs::rename(followed.path("work"), &outside).unwrap();
    let gone = |news: &News| matches!(news, News::Project { there: false, .. } | News::Resync);
    followed.check_and_hear(&mut *listener, "moved out", gone).await;
    write(outside.join("bank/.claude/skills/pdf/SKILL.md"), "nobody looks");
    followed.check("edited outside").await;
    fs::rename(&outside, followed.path("back")).unwrap();
    let there = |news: &News| matches!(news, News::Project { there: true, .. } | News::Resync);
    followed.check_and_hear(&mut *listener, "moved in", there).await;
    write(followed.path("back/bank/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited inside").await;
    fs::rename(followed.path("back/bank"), followed.path("shop/inner")).unwrap();
    followed.check("moved about").await;
    write(followed.path("shop/inner/.claude/skills/pdf/SKILL.md"), "edited once more");
    followed.check("edited where it is now").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_projects_appear_wherever_they_are() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    // Also below directories that other watchers leave out.
    for project in ["new", "build/app", "dist", "deep/er/project", ".hidden/p"] {
        let profile_root = followed.path(project).join(".claude");
        deploy(&profile_root, "pdf", "# PDF");
        followed.check(project).await;
        write(profile_root.join("skills/pdf/SKILL.md"), "edited");
        followed.check(project).await;
    }
    deploy(&followed.path("one/too/many/deep/.claude"), "pdf", "# PDF");
    followed.check("too deep").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_profile_root_appears() {
    let followed = Followed::new(two_projects).await;
    followed.check("before").await;
    deploy(&followed.path("shop/.codex"), "pdf", "# PDF");
    followed.check("deployed").await;
    write(followed.path("shop/.codex/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    // A directory first, the tracker later.
    fs::create_dir(followed.path("shop/.agents")).unwrap();
    followed.check("empty").await;
    deploy(&followed.path("shop/.agents"), "csv", "# CSV");
    followed.check("a tracker in it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_two_paths_lead_to() {
    let followed = Followed::new(|root| {
        two_projects(root);
        symlink(".claude", root.join("shop/.codex")).unwrap();
    })
    .await;
    followed.check("before").await;
    write(followed.path("shop/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    write(followed.path("shop/.codex/skills/csv/SKILL.md"), "edited");
    followed.check("edited through the link").await;
    deploy(&followed.path("shop/.codex"), "new", "# New");
    followed.check("deployed through the link").await;
    fs::remove_file(followed.path("shop/.codex")).unwrap();
    followed.check("the link removed").await;
    write(followed.path("shop/.claude/skills/pdf/SKILL.md"), "edited again");
    followed.check("edited again").await;
    symlink(".claude", followed.path("work/bank/.agents")).unwrap();
    followed.check("a link made").await;
    write(followed.path("work/bank/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited behind it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_in_a_copy_and_a_copy_that_is_a_link() {
    let followed = Followed::new(|root| {
        two_projects(root);
        let skills = root.join("shop/.claude/skills");
        write(root.join("shop/.claude/shared/text.md"), "shared");
        symlink("../../shared/text.md", skills.join("csv/link.md")).unwrap();
        deploy(&root.join("shop/.claude"), "linked", "# Linked");
        fs::rename(skills.join("linked"), root.join("shop/.claude/store")).unwrap();
        symlink("../store", skills.join("linked")).unwrap();
    })
    .await;
    followed.check("before").await;
    write(followed.path("shop/.claude/shared/text.md"), "other");
    followed.check("the target of a link").await;
    write(followed.path("shop/.claude/store/SKILL.md"), "other");
    followed.check("the target of a copy").await;
    write(followed.path("shop/.claude/store/more/deep.md"), "new");
    followed.check("in the target of a copy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_change() {
    let followed = Followed::new(two_projects).await;
    let names = async || {
        let collections = followed.live.query.collections().await.unwrap().cached.value;
        let artifacts = collections.value.iter().flat_map(|collection| &collection.artifacts);
        artifacts.map(|artifact| artifact.id.to_string()).collect::<Vec<_>>()
    };
    assert!(names().await.is_empty());
    let collection = followed.base.join("home/.skillmeat/collections/default");
    let manifest = |name: &str| {
        format!(
            "[collection]\nname = \"default\"\n\n[[artifacts]]\nname = \"{name}\"\ntype = \"skill\"\n\
             path = \"skills/{name}\"\norigin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n"
        )
    };
    write(collection.join("collection.toml"), &manifest("pdf"));
    assert_eq!(names().await, ["skill:pdf"]);
    write(collection.join("collection.toml"), &manifest("csv"));
    assert_eq!(names().await, ["skill:csv"]);
    let temporary = collection.join("collection.toml.tmp");
    write(&temporary, &manifest("doc"));
    fs::rename(&temporary, collection.join("collection.toml")).unwrap();
    assert_eq!(names().await, ["skill:doc"]);
    fs::remove_dir_all(followed.base.join("home/.skillmeat")).unwrap();
    assert!(names().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_copies_were_deployed_from_changes() {
    let followed = Followed::new(|root| {
        two_projects(root);
        let collection = root.with_file_name("home").join(".skillmeat/collections/default");
        let entry = |name: &str| {
            format!(
                "[[artifacts]]\nname = \"{name}\"\ntype = \"skill\"\npath = \"skills/{name}\"\n\
                 origin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n"
            )
        };
        write(collection.join("collection.toml"), &(entry("pdf") + &entry("csv")));
        write(collection.join("skills/csv/SKILL.md"), "# CSV");
        write(collection.join("skills/pdf/SKILL.md"), "# PDF");
    })
    .await;
    followed.check("before").await;
    let worst = async |artifact: &str| {
        let artifact = artifact.parse().unwrap();
        let answer = followed.live.query.statistics(&artifact).await.unwrap();
        answer.cached.value.worst().unwrap()
    };
    assert_eq!(worst("skill:csv").await, StateName::Synced);
    let originals = followed.base.join("home/.skillmeat/collections/default/skills");
    let mut listener = followed.live.feed.listen(None);
    write(originals.join("csv/SKILL.md"), "# CSV 2");
    let is_outdated = |news: &News| matches!(news, News::Artifact { worst: Some(StateName::Outdated), artifact, .. } if artifact.name() == "csv");
    followed.check_and_hear(&mut *listener, "an original is edited", is_outdated).await;
    assert_eq!(worst("skill:csv").await, StateName::Outdated);
    write(followed.path("shop/.claude/skills/csv/SKILL.md"), "# CSV mine");
    followed.check("and so is the copy").await;
    assert_eq!(worst("skill:csv").await, StateName::Conflict);
    write(originals.join("csv/new/deep.md"), "new");
    followed.check("a file comes in a directory that comes").await;
    fs::remove_dir_all(originals.join("csv")).unwrap();
    followed.check("the original goes").await;
    assert_eq!(worst("skill:csv").await, StateName::Modified);
    assert_eq!(worst("skill:pdf").await, StateName::Modified, "a file of its own, never deployed");
}
