//! Links wherever there can be one, in chains, and whatever becomes of what they lead to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{Followed, TRACKER, deploy, write};

/// Leads a link elsewhere, as `ln -sfn` does.
fn relink(target: impl AsRef<Path>, link: impl AsRef<Path>) {
    let temporary = link.as_ref().with_extension("new");
    symlink(target, &temporary).expect("writable");
    fs::rename(temporary, link).expect("writable");
}

/// Two stores of the same records with different copies, and a project whose profile root leads to the
/// first by two links more.
fn chain(base: &Path) {
    for store in ["one", "two"] {
        deploy(&base.join("stores").join(store), "pdf", "# PDF");
    }
    write(base.join("stores/two/skills/pdf/SKILL.md"), "another");
    fs::create_dir_all(base.join("links")).expect("writable");
    fs::create_dir_all(base.join("tree/shop")).expect("writable");
    symlink("../stores/one", base.join("links/last")).expect("writable");
    symlink(base.join("links/last"), base.join("links/first")).expect("writable");
    symlink("../../links/first", base.join("tree/shop/.claude")).expect("writable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_root_behind_a_chain_of_links() {
    let followed = Followed::over(&[], chain).await;
    followed.check("before").await;
    let at = |path: &str| followed.base.join(path);
    relink("../stores/two", at("links/last"));
    followed.check("the last link leads elsewhere").await;
    write(at("stores/two/skills/pdf/SKILL.md"), "edited");
    followed.check("edited there").await;
    relink("../stores/one", at("links/first"));
    followed.check("the link in the middle leads elsewhere").await;
    write(at("stores/one/skills/pdf/SKILL.md"), "edited");
    followed.check("edited here").await;
    fs::rename(at("stores"), at("stores.old")).unwrap();
    followed.check("the directory above is away").await;
    fs::rename(at("stores.old"), at("stores")).unwrap();
    followed.check("and back").await;
    write(at("stores/one/skills/pdf/SKILL.md"), "edited again");
    followed.check("edited after that").await;
    fs::remove_dir_all(at("stores/one")).unwrap();
    followed.check("what it leads to is removed").await;
    deploy(&at("stores/one"), "pdf", "# PDF");
    followed.check("and made again").await;
    write(at("stores/one/skills/pdf/SKILL.md"), "edited once more");
    followed.check("and edited").await;
    fs::remove_file(at("links/first")).unwrap();
    followed.check("a link in the middle is removed").await;
    symlink("../nothing/yet", at("links/first")).unwrap();
    followed.check("and leads to nothing").await;
    deploy(&at("nothing/yet"), "csv", "# CSV");
    followed.check("which comes").await;
    write(at("nothing/yet/skills/csv/SKILL.md"), "edited");
    followed.check("and is edited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_behind_a_chain_of_links() {
    let followed = Followed::over(&[], |base| {
        deploy(&base.join("tree/shop/.claude"), "pdf", "# PDF");
        deploy(&base.join("other"), "csv", "# CSV");
        let tracker = base.join("tree/shop/.claude").join(TRACKER);
        fs::create_dir_all(base.join("trackers/a")).unwrap();
        fs::rename(&tracker, base.join("trackers/a/shop.toml")).unwrap();
        symlink("a/shop.toml", base.join("trackers/link.toml")).unwrap();
        symlink("../../../trackers/link.toml", tracker).unwrap();
    })
    .await;
    followed.check("before").await;
    let at = |path: &str| followed.base.join(path);
    let other = fs::read_to_string(at("other").join(TRACKER)).unwrap();
    let text = fs::read_to_string(at("trackers/a/shop.toml")).unwrap();
    write(at("trackers/a/shop.toml"), &other);
    followed.check("written to in place").await;
    write(at("trackers/a/new.toml"), &text);
    fs::rename(at("trackers/a/new.toml"), at("trackers/a/shop.toml")).unwrap();
    followed.check("replaced").await;
    write(at("trackers/other.toml"), &other);
    relink("other.toml", at("trackers/link.toml"));
    followed.check("the link in the middle leads elsewhere").await;
    write(at("trackers/other.toml"), &text);
    followed.check("written to there").await;
    fs::rename(at("trackers"), at("away")).unwrap();
    followed.check("all of them are away").await;
    fs::rename(at("away"), at("trackers")).unwrap();
    followed.check("and back").await;
    write(at("trackers/other.toml"), &other);
    followed.check("written to after that").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_root_is_replaced_by_one_with_the_same_records() {
    let make = |profile_root: &Path, text: &str| {
        // A copy that lies in the profile root itself.
        write(profile_root.join("notes.md"), text);
        super::record(profile_root, "notes", "notes.md", &"0".repeat(64)).unwrap();
    };
    let followed = Followed::over(&[], |base| {
        make(&base.join("tree/shop/.claude"), "one");
        make(&base.join("tree/bank/.claude"), "one");
        make(&base.join("other"), "two");
        make(&base.join("third"), "three");
    })
    .await;
    followed.check("before").await;
    let at = |path: &str| followed.base.join(path);
    fs::rename(at("tree/shop/.claude"), at("away")).unwrap();
    fs::rename(at("other"), at("tree/shop/.claude")).unwrap();
    followed.check("replaced").await;
    fs::remove_dir_all(at("tree/shop/.claude")).unwrap();
    symlink("../../third", at("tree/shop/.claude")).unwrap();
    followed.check("replaced by a link").await;
    relink("../../away", at("tree/shop/.claude"));
    followed.check("the link leads elsewhere").await;
    // Two at once: what is planned of one is not forgotten for the other.
    fs::rename(at("tree/shop"), at("tree/aside")).unwrap();
    fs::rename(at("tree/bank"), at("tree/shop")).unwrap();
    fs::rename(at("tree/aside"), at("tree/bank")).unwrap();
    write(at("tree/bank/.claude/notes.md"), "four");
    followed.check("two projects change places").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_of_copies_is_a_link() {
    let followed = Followed::new(|root| {
        let profile_root = root.join("shop/.claude");
        deploy(&profile_root, "pdf", "# PDF");
        fs::rename(profile_root.join("skills"), profile_root.join("store")).unwrap();
        symlink("store", profile_root.join("skills")).unwrap();
        deploy(&profile_root.join("other"), "pdf", "# Another");
    })
    .await;
    followed.check("before").await;
    let at = |path: &str| followed.path("shop/.claude").join(path);
    write(at("store/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    write(at("store/pdf/a/b/new.md"), "new");
    followed.check("a file in new directories").await;
    relink("other/skills", at("skills"));
    followed.check("it leads elsewhere").await;
    write(at("other/skills/pdf/SKILL.md"), "edited");
    followed.check("edited there").await;
    fs::remove_file(at("skills")).unwrap();
    followed.check("removed").await;
    fs::rename(at("store"), at("skills")).unwrap();
    followed.check("a directory in its place").await;
    write(at("skills/pdf/SKILL.md"), "edited again");
    followed.check("edited in the place").await;
    fs::create_dir(at("elsewhere")).unwrap();
    fs::rename(at("skills/pdf"), at("elsewhere/pdf")).unwrap();
    symlink("../elsewhere/pdf", at("skills/pdf")).unwrap();
    followed.check("the copy is a link").await;
    write(at("elsewhere/pdf/SKILL.md"), "edited behind it");
    followed.check("edited behind it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_a_copy_leads_into_a_project_within() {
    let followed = Followed::new(|root| {
        deploy(&root.join(".claude"), "pdf", "# PDF");
        deploy(&root.join(".claude/worktrees/x/.claude"), "csv", "# CSV");
        write(root.join(".claude/worktrees/x/.claude/notes/text.md"), "text");
        symlink("../../worktrees/x/.claude/notes/text.md", root.join(".claude/skills/pdf/link.md"))
            .unwrap();
    })
    .await;
    followed.check("before").await;
    write(followed.path(".claude/worktrees/x/.claude/skills/csv/SKILL.md"), "edited");
    followed.check("the project within").await;
    deploy(&followed.path(".claude/worktrees/x/.claude"), "doc", "# Doc");
    followed.check("deployed within").await;
    write(followed.path(".claude/worktrees/x/.claude/notes/text.md"), "edited");
    followed.check("what the link leads to").await;
    deploy(&followed.path(".claude/worktrees/y/.claude"), "pdf", "# PDF");
    followed.check("another project within").await;
    write(followed.path(".claude/worktrees/y/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited within").await;
    fs::remove_dir_all(followed.path(".claude/worktrees")).unwrap();
    followed.check("both removed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_behind_links() {
    let manifest = |name: &str| {
        format!(
            "[collection]\nname = \"default\"\n\n[[artifacts]]\nname = \"{name}\"\ntype = \"skill\"\n\
             path = \"skills/{name}\"\norigin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n"
        )
    };
    let followed = Followed::over(&[("SKILLSTAT_SKILLMEAT_HOME", "~/home")], |base| {
        fs::create_dir_all(base.join("tree")).unwrap();
        write(base.join("team/collection.toml"), &manifest("pdf"));
        write(base.join("dotfiles/home/x"), "");
        write(base.join("manifests/a.toml"), &manifest("csv"));
        fs::create_dir_all(base.join("dotfiles/home/collections/own")).unwrap();
        symlink("../../../team", base.join("dotfiles/home/collections/team")).unwrap();
        symlink(
            "../../../../manifests/a.toml",
            base.join("dotfiles/home/collections/own/collection.toml"),
        )
        .unwrap();
        symlink("dotfiles/home", base.join("home")).unwrap();
    })
    .await;
    let names = async || {
        let collections = followed.live.query.collections().await.unwrap().cached.value;
        let artifacts = collections.value.iter().flat_map(|collection| &collection.artifacts);
        artifacts.map(|artifact| artifact.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["skill:csv", "skill:pdf"]);
    let at = |path: &str| followed.base.join(path);
    write(at("team/collection.toml"), &manifest("doc"));
    assert_eq!(names().await, ["skill:csv", "skill:doc"]);
    write(at("manifests/a.toml"), &manifest("xls"));
    assert_eq!(names().await, ["skill:xls", "skill:doc"]);
    fs::rename(at("team"), at("away")).unwrap();
    assert_eq!(names().await, ["skill:xls"]);
    fs::rename(at("away"), at("team")).unwrap();
    assert_eq!(names().await, ["skill:xls", "skill:doc"]);
    write(at("team/collection.toml"), &manifest("pdf"));
    assert_eq!(names().await, ["skill:xls", "skill:pdf"]);
    write(at("other/collections/c/collection.toml"), &manifest("pdf"));
    relink("other", at("home"));
    assert_eq!(names().await, ["skill:pdf"]);
    write(at("other/collections/c/collection.toml"), &manifest("csv"));
    assert_eq!(names().await, ["skill:csv"]);
}
