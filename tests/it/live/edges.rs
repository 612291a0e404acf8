//! Where the rules of what counts have their edges.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Followed, TRACKER, deploy, record, write};

/// A name that is not UTF-8.
fn odd(text: &str) -> std::ffi::OsString {
    let mut name = text.as_bytes().to_vec();
    name.push(0xff);
    OsStr::from_bytes(&name).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_not_utf8_in_a_copy() {
    let followed = Followed::new(|root| deploy(&root.join("shop/.claude"), "pdf", "# PDF")).await;
    followed.check("before").await;
    let copy = followed.path("shop/.claude/skills/pdf");
    let directory = copy.join(odd("d"));
    fs::create_dir(&directory).unwrap();
    followed.check("an empty directory").await;
    write(directory.join("file"), "text");
    followed.check("a file in it").await;
    fs::remove_file(directory.join("file")).unwrap();
    followed.check("it is removed").await;
    deploy(&followed.path("shop/.claude"), "csv", "# CSV");
    followed.check("deployed beside").await;
    write(directory.join("a/b/file"), "text");
    followed.check("a file deep in it").await;
    fs::remove_dir_all(&directory).unwrap();
    followed.check("all removed").await;
    write(copy.join(odd("f")), "text");
    followed.check("a file").await;
    fs::rename(copy.join(odd("f")), copy.join("f")).unwrap();
    followed.check("which gets a name").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_not_utf8_on_the_way() {
    let followed = Followed::new(|root| deploy(&root.join("shop/.claude"), "pdf", "# PDF")).await;
    followed.check("before").await;
    let project = followed.path("").join(odd("p"));
    fs::create_dir_all(project.join(".claude")).unwrap();
    followed.check("no project yet").await;
    write(project.join(".claude").join(TRACKER), "");
    followed.check("a project").await;
    fs::rename(project.join(".claude"), project.join("claude")).unwrap();
    followed.check("none any more").await;
    fs::rename(project.join("claude"), project.join(".claude")).unwrap();
    followed.check("one again").await;
    fs::rename(&project, followed.path("p")).unwrap();
    followed.check("which gets a name").await;
    let profile_root = followed.path("shop").join(odd(".codex"));
    deploy(&profile_root, "csv", "# CSV");
    followed.check("a profile root").await;
    fs::remove_dir_all(&profile_root).unwrap();
    followed.check("none any more").await;
    std::os::unix::fs::symlink("../../far", project.with_file_name(odd("q"))).unwrap();
    followed.check("a link that is no project").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_a_record_places_beside_its_profile_root() {
    let followed = Followed::new(|root| {
        let profile_root = root.join("shop/.claude");
        fs::create_dir_all(&profile_root).unwrap();
        record(&profile_root, "notes", "docs/notes", &"0".repeat(64)).unwrap();
        record(&profile_root, "pdf", "skills/pdf", &"0".repeat(64)).unwrap();
    })
    .await;
    followed.check("missing").await;
    write(followed.path("shop/docs/notes/SKILL.md"), "text");
    followed.check("in the project").await;
    write(followed.path("shop/skills/pdf/SKILL.md"), "text");
    followed.check("that is no misplaced copy").await;
    fs::rename(followed.path("shop/docs"), followed.path("shop/doc")).unwrap();
    followed.check("not there any more").await;
    fs::rename(followed.path("shop/doc"), followed.path("shop/docs")).unwrap();
    followed.check("there again").await;
    write(followed.path("shop/.claude/docs/notes/SKILL.md"), "text");
    followed.check("in its place").await;
    write(followed.path("shop/.claude/docs/notes/SKILL.md"), "edited");
    followed.check("edited").await;
    fs::remove_dir_all(followed.path("shop/.claude/docs")).unwrap();
    followed.check("misplaced again").await;
    fs::remove_dir_all(followed.path("shop/docs")).unwrap();
    followed.check("missing again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_excluded() {
    let settings = [("SKILLSTAT_EXCLUDE", "left-out:.codex:~/tree/a/*/no")];
    let followed = Followed::over(&settings, |base| {
        for project in ["shop", "left-out/shop", "a/b/yes", "a/b/no"] {
            deploy(&base.join("tree").join(project).join(".claude"), "pdf", "# PDF");
        }
    })
    .await;
    followed.check("before").await;
    // A profile root that makes no project is read where another makes one.
    deploy(&followed.path("shop/.codex"), "csv", "# CSV");
    followed.check("in an excluded profile root").await;
    write(followed.path("shop/.codex/skills/csv/SKILL.md"), "edited");
    followed.check("edited there").await;
    fs::remove_dir_all(followed.path("shop/.codex")).unwrap();
    followed.check("removed").await;
    deploy(&followed.path("bank/.codex"), "csv", "# CSV");
    followed.check("no project").await;
    deploy(&followed.path("bank/.claude"), "csv", "# CSV");
    followed.check("a project by another").await;
    fs::rename(followed.path("left-out/shop"), followed.path("shop2")).unwrap();
    followed.check("moved in").await;
    write(followed.path("shop2/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    fs::rename(followed.path("a/b/no"), followed.path("a/b/maybe")).unwrap();
    followed.check("renamed").await;
    write(followed.path("a/b/maybe/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited there too").await;
    fs::rename(followed.path("a/b/yes"), followed.path("a/b/no")).unwrap();
    followed.check("excluded from now on").await;
    write(followed.path("a/b/no/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited for nobody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deepest_projects() {
    let followed = Followed::new(|root| fs::create_dir_all(root.join("a/b/c")).unwrap()).await;
    followed.check("nothing").await;
    fs::create_dir(followed.path("a/b/c/.claude")).unwrap();
    followed.check("an empty directory at the limit").await;
    deploy(&followed.path("a/b/c/.claude"), "pdf", "# PDF");
    followed.check("filled").await;
    write(followed.path("a/b/c/.claude/skills/pdf/a/b/file"), "new");
    followed.check("edited").await;
    fs::create_dir_all(followed.path("a/b/c/d/.claude")).unwrap();
    deploy(&followed.path("a/b/c/d/.claude"), "pdf", "# PDF");
    followed.check("one too deep").await;
    fs::rename(followed.path("a/b/c/d"), followed.path("a/b/d")).unwrap();
    followed.check("moved up").await;
    write(followed.path("a/b/d/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited there").await;
    fs::rename(followed.path("a/b/d"), followed.path("a/b/c/d")).unwrap();
    followed.check("and down again").await;
    fs::create_dir(followed.path("a/.hidden")).unwrap();
    followed.check("a hidden directory").await;
    deploy(&followed.path("a/.hidden"), "csv", "# CSV");
    followed.check("which becomes a profile root").await;
    fs::rename(followed.path("a/.hidden/skills"), followed.path("a/.hidden/skill")).unwrap();
    followed.check("its copies are away").await;
    fs::rename(followed.path("a/.hidden/skill"), followed.path("a/.hidden/skills")).unwrap();
    followed.check("and back").await;
    write(followed.path("a/.hidden/skills/csv/SKILL.md"), "edited");
    followed.check("edited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_are_made_while_they_are_looked_at() {
    let followed = Followed::new(|root| deploy(&root.join("shop/.claude"), "pdf", "# PDF")).await;
    let root = followed.path("");
    std::thread::scope(|scope| {
        let making = scope.spawn(|| {
            for round in 0..200 {
                deploy(&root.join(format!("p{}/x/y/.claude", round % 7)), "pdf", "# PDF");
                write(root.join(format!("shop/.claude/skills/pdf/{round}/a/b/c/file")), "");
                if round % 3 == 0 {
                    fs::remove_dir_all(root.join(format!("p{}", round % 7))).unwrap();
                }
            }
        });
        tokio::task::block_in_place(|| {
            while !making.is_finished() {
                followed.live.watcher.settle();
            }
        });
    });
    followed.check("made").await;
    for project in fs::read_dir(&root).unwrap() {
        let project = project.unwrap().path();
        let copy = project.join("x/y/.claude/skills/pdf");
        if Path::is_dir(&copy) {
            write(copy.join("SKILL.md"), "edited");
        }
    }
    write(root.join("shop/.claude/skills/pdf/199/a/b/c/file"), "edited");
    followed.check("edited").await;
}
