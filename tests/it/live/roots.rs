//! Search roots that come, go, lie in one another or are links.

use std::fs;
use std::os::unix::fs::symlink;

use super::{Followed, deploy, write};

#[tokio::test(flavor = "multi_thread")]
async fn a_root_comes_and_goes() {
    let followed = Followed::over(&[("SKILLSTAT_ROOTS", "~/a/b/tree")], |_| ()).await;
    followed.check("not there").await;
    let at = |path: &str| followed.base.join(path);
    deploy(&at("a/b/tree/shop/.claude"), "pdf", "# PDF");
    followed.check("it comes").await;
    write(at("a/b/tree/shop/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    fs::rename(at("a"), at("c")).unwrap();
    followed.check("moved away").await;
    write(at("c/b/tree/shop/.claude/skills/pdf/SKILL.md"), "edited elsewhere");
    fs::rename(at("c"), at("a")).unwrap();
    followed.check("and back").await;
    fs::rename(at("a/b/tree"), at("a/b/old")).unwrap();
    deploy(&at("a/b/tree/bank/.claude"), "csv", "# CSV");
    followed.check("replaced").await;
    write(at("a/b/tree/bank/.claude/skills/csv/SKILL.md"), "edited");
    followed.check("edited in the new one").await;
    fs::remove_dir_all(at("a")).unwrap();
    followed.check("removed").await;
    write(at("a/b/tree"), "a file");
    followed.check("a file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_is_a_chain_of_links() {
    let settings = [("SKILLSTAT_ROOTS", "~/link/dev")];
    let followed = Followed::over(&settings, |base| {
        fs::create_dir_all(base.join("disk")).unwrap();
        symlink("hop", base.join("link")).unwrap();
        symlink("disk", base.join("hop")).unwrap();
        deploy(&base.join("other/dev/bank/.claude"), "pdf", "# PDF");
    })
    .await;
    followed.check("not there").await;
    let at = |path: &str| followed.base.join(path);
    deploy(&at("disk/dev/shop/.claude"), "pdf", "# PDF");
    followed.check("it comes").await;
    write(at("disk/dev/shop/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    fs::remove_file(at("hop")).unwrap();
    followed.check("a link in the middle is removed").await;
    symlink("other", at("hop")).unwrap();
    followed.check("and leads elsewhere").await;
    write(at("other/dev/bank/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited there").await;
    deploy(&at("disk/dev/new/.claude"), "pdf", "# PDF");
    followed.check("where it led before").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roots_lie_in_one_another() {
    let settings = [("SKILLSTAT_ROOTS", "~/link:~/tree/a:~/tree/a/b/c/d/e")];
    let followed = Followed::over(&settings, |base| {
        deploy(&base.join("tree/a/b/.claude"), "pdf", "# PDF");
        fs::create_dir_all(base.join("tree/a/b/c/d")).unwrap();
        symlink("tree", base.join("link")).unwrap();
    })
    .await;
    followed.check("before").await;
    let at = |path: &str| followed.base.join(path);
    deploy(&at("tree/a/b/c/d/.claude"), "pdf", "# PDF");
    followed.check("three below the second root, four below the first").await;
    deploy(&at("tree/a/b/c/d/e/f/.claude"), "pdf", "# PDF");
    followed.check("the third root comes").await;
    // Only the first is looked for again: it finds the others less deep.
    fs::remove_file(at("link")).unwrap();
    symlink("tree", at("link")).unwrap();
    followed.check("the first is made again").await;
    deploy(&at("tree/a/x/y/z/.claude"), "pdf", "# PDF");
    followed.check("three below the second").await;
    write(at("tree/a/x/y/z/.claude/skills/pdf/SKILL.md"), "edited");
    followed.check("edited").await;
    fs::rename(at("tree/a"), at("away")).unwrap();
    followed.check("the second root is away").await;
    fs::rename(at("away"), at("tree/a")).unwrap();
    followed.check("and back").await;
    deploy(&at("tree/a/b/c/d/e/f/g/h/.claude"), "pdf", "# PDF");
    followed.check("three below the third").await;
    deploy(&at("tree/a/b/c/d/e/f/g/h/i/.claude"), "pdf", "# PDF");
    followed.check("too deep for all").await;
    fs::remove_file(at("link")).unwrap();
    followed.check("the first root is no more").await;
    deploy(&at("tree/new/.claude"), "pdf", "# PDF");
    followed.check("nobody asks for that").await;
    deploy(&at("tree/a/new/.claude"), "pdf", "# PDF");
    followed.check("but for this").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_leads_elsewhere_and_what_it_led_to_is_left() {
    let settings = [("SKILLSTAT_ROOTS", "~/link")];
    let followed = Followed::over(&settings, |base| {
        for root in ["one", "two"] {
            deploy(&base.join(root).join("shop/.claude"), "pdf", "# PDF");
        }
        symlink("one", base.join("link")).unwrap();
    })
    .await;
    followed.check("before").await;
    let at = |path: &str| followed.base.join(path);
    let before = followed.live.watcher.coverage().watches;
    for round in 0..10 {
        fs::remove_file(at("link")).unwrap();
        symlink(["two", "one"][round % 2], at("link")).unwrap();
        followed.check("it leads elsewhere").await;
        assert_eq!(followed.live.watcher.coverage().watches, before);
    }
}
