//! Which files are plans, and whose the state files are.

use super::*;

fn small(title: &str) -> String {
    format!("# PLAN: {title}\n\n## Achievements\n\n**Achievement 1.1**: Only One\n")
}

#[test]
fn container_folders_are_entered_and_their_stray_plans_are_plans() {
    let listing = Listing::new()
        .with("work-space/plans/b_resting/REEF/PLAN_REEF.md", &small("Reef"))
        .with("work-space/plans/b_resting/deeper/KELP/PLAN_KELP.md", &small("Kelp"))
        .with("work-space/plans/b_resting/PLAN_STRAY-SHELL.md", &small("Stray"))
        .with("work-space/plans/b_resting/STRAY-SHELL/subplans/SUBPLAN_STRAY-SHELL_11.md", "# SUBPLAN: s\n")
        .with("work-space/plans/POOL/PLAN_POOL.md", POOL);
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["POOL", "REEF", "STRAY-SHELL", "KELP"]);
    let stray = plan(&listing, "STRAY-SHELL");
    assert_eq!(stray.path, "work-space/plans/b_resting/PLAN_STRAY-SHELL.md");
    assert_eq!(stray.folder, "work-space/plans/b_resting/STRAY-SHELL");
    assert_eq!(states(&stray), ["1.1 ready (designed)"]);
    assert_eq!(reading.problems, []);
}

#[test]
fn a_summary_beside_a_plan_and_plan_like_documents_are_no_plans() {
    let listing = pool()
        .pool("PLAN_SUMMARY.md", "# PLAN: Summary\n\n**Achievement 9.9**: Not One\n")
        .pool("documentation/PLAN_UPDATE_WATER.md", "# PLAN: Update\n\n**Achievement 9.8**: Not One\n");
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["POOL"]);
    assert_eq!(item_ids(&reading.plans[0]), ["1.1", "1.2", "2.1"]);
    assert_eq!(codes(&reading.plans[0]), Vec::<&str>::new());
}

#[test]
fn a_copy_inside_a_plan_counts_for_nothing_and_is_told() {
    let listing = pool()
        .pool("POOLold/PLAN_POOL.md", POOL)
        .pool("POOLold/execution/feedbacks/APPROVED_11.md", "# APPROVED\n");
    let plan = plan(&listing, "POOL");
    assert_eq!(states(&plan)[0], "1.1 ready (not started)");
    assert_eq!(
        said(&plan, &[Code::DuplicatePlan]),
        [
            "work-space/plans/POOL/POOLold/PLAN_POOL.md: this is a copy inside the folder of POOL; it and what lies beside it is not read"
        ]
    );
    assert_eq!(read(&listing).plans.len(), 1);
}

#[test]
fn a_folder_without_a_plan_is_shown_as_an_empty_plan_and_a_group_is_not() {
    let listing = pool()
        .with("work-space/plans/EMPTY/notes.txt", "")
        .with("work-space/plans/group/REEF/PLAN_REEF.md", &small("Reef"))
        .with("work-space/plans/group/notes/README.md", "");
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["EMPTY", "POOL", "REEF"]);
    let empty = &reading.plans[0];
    assert_eq!((empty.path.as_str(), empty.state.word()), ("work-space/plans/EMPTY", "empty"));
    assert_eq!(codes(empty), ["empty-plan"]);
}

#[test]
fn an_empty_plan_file_and_a_plan_without_achievements_are_shown() {
    let listing = Listing::new()
        .with("work-space/plans/NOTHING/PLAN_NOTHING.md", "")
        .with("work-space/plans/ODD/PLAN_OTHER.md", "  \n")
        .with("work-space/plans/WORDS/PLAN_WORDS.md", "# PLAN: Words\n\nOnly words.\n");
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["NOTHING", "ODD", "WORDS"]);
    for plan in &reading.plans {
        assert_eq!((plan.state.word(), codes(plan)), ("empty", vec!["empty-plan"]), "{}", plan.id);
    }
}

#[test]
fn several_plans_in_one_folder_are_all_shown() {
    let listing = Listing::new()
        .with("work-space/plans/MIXED/PLAN_ONE.md", &small("One"))
        .with("work-space/plans/MIXED/PLAN_TWO.md", &small("Two"))
        .with("work-space/plans/POOL/PLAN_POOL.md", POOL)
        .with("work-space/plans/POOL/PLAN_BESIDE.md", &small("Beside"));
    assert_eq!(ids(&read(&listing)), ["ONE", "TWO", "POOL", "BESIDE"]);
}

#[test]
fn a_plan_called_otherwise_than_its_folder_bears_the_folders_name() {
    let listing = Listing::new()
        .with("work-space/plans/TIDES/PLAN_WAVES.md", &small("Waves"))
        .with("work-space/plans/TIDES/subplans/SUBPLAN_WAVES_11.md", "# SUBPLAN: s\n")
        .with("work-space/plans/TIDES/execution/EXECUTION_TASK_TIDES_11_01.md", OPEN);
    assert_eq!(states(&plan(&listing, "TIDES")), ["1.1 in_progress (executing)"]);
}

#[test]
fn plans_lie_flat_in_older_workspaces_and_in_the_backlog() {
    let listing = Listing::new()
        .with("PLAN_ROOT.md", &small("Root"))
        .with("SUBPLAN_ROOT_11.md", "# SUBPLAN: s\n")
        .with("README.md", "# PLAN: not by its name\n")
        .with("PLAN_NOTES.md", "# Notes on planning\n")
        .with("work-space/PLAN_FLAT.md", &small("Flat"))
        .with("work-space/execution/EXECUTION_TASK_FLAT_11_01.md", OPEN)
        .with("work-space/backlog-plans/LATER/PLAN_LATER.md", &small("Later"));
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["LATER", "FLAT", "ROOT"]);
    assert_eq!(states(&plan(&listing, "ROOT")), ["1.1 ready (designed)"]);
    assert_eq!(states(&plan(&listing, "FLAT")), ["1.1 in_progress (executing)"]);
    assert_eq!(plan(&listing, "ROOT").folder, "work-space/plans/ROOT");
}

#[test]
fn flat_files_find_their_plan_even_under_a_shortened_name() {
    let listing = pool()
        .with("work-space/plans/GREAT-WIDE-REEF/PLAN_GREAT-WIDE-REEF.md", &small("Reef"))
        .with("work-space/subplans/SUBPLAN_POOL_11.md", "# SUBPLAN: s\n")
        .with("work-space/execution/EXECUTION_TASK_WIDE-REEF_11_01.md", OPEN)
        .with("work-space/execution/EXECUTION_TASK_LOST-AT-SEA_11_01.md", OPEN)
        .with("work-space/execution/EXECUTION_TASK_LOST-AT-SEA_11_02.md", OPEN);
    assert_eq!(states(&plan(&listing, "POOL"))[0], "1.1 ready (designed)");
    let reef = plan(&listing, "GREAT-WIDE-REEF");
    assert_eq!(states(&reef), ["1.1 in_progress (executing)"]);
    assert_eq!(codes(&reef), ["name-mismatch"]);
    let problems = read(&listing).problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].message,
        "2 files name the plan `LOST-AT-SEA`, which does not exist; this is the first"
    );
}

#[test]
fn plans_of_one_name_keep_their_own_files() {
    let listing = pool().with("PLAN_POOL.md", &small("Pool")).with("SUBPLAN_POOL_11.md", "# SUBPLAN: s\n");
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["POOL", "POOL~2"]);
    assert_eq!(states(&reading.plans[0])[0], "1.1 ready (not started)");
    assert_eq!(states(&reading.plans[1]), ["1.1 ready (designed)"]);
}

#[test]
fn archived_files_count_when_the_plan_names_the_archive_and_they_name_the_achievement() {
    let text = format!("{POOL}\n## 📦 Archive\n\n**Archive Location**: `./old/pool-archive/`\n");
    let head = |id: &str| format!("# SUBPLAN: s\n\n**Achievement Addressed**: Achievement {id} (Pump)\n");
    let listing = Listing::new()
        .with("work-space/plans/POOL/PLAN_POOL.md", &text)
        .with("old/pool-archive/subplans/SUBPLAN_POOL_11_ARCHIVED.md", &head("1.1"))
        .with("old/pool-archive/subplans/SUBPLAN_POOL_12.md", &head("2.1"))
        .with("old/elsewhere/SUBPLAN_POOL_21.md", &head("2.1"));
    let plan = plan(&listing, "POOL");
    assert_eq!(states(&plan), ["1.1 ready (designed)", "1.2 ready (not started)", "2.1 ready (not started)"]);
}

#[test]
fn what_cannot_be_read_is_told_and_hides_nothing() {
    let folder = "work-space/plans";
    let lossy = Content::NotUtf8 { line: 7, lossy: POOL.replace("Pump", "P\u{fffd}mp").into() };
    let mut listing = at(Listing::new(), "work-space/plans/POOL/PLAN_POOL.md", lossy, 0);
    let put = |listing, path: &str, content| at(listing, &format!("{folder}/{path}"), content, 0);
    listing = put(listing, "LOCKED/PLAN_LOCKED.md", Content::Unreadable("permission denied".to_owned()));
    listing = put(listing, "HUGE/PLAN_HUGE.md", Content::TooLarge);
    listing = put(listing, "shut", Content::Unreadable("permission denied".to_owned()));
    listing = put(listing, "away", Content::LinkOutside("it leads to /elsewhere".to_owned()));
    let reading = read(&listing);
    assert_eq!(ids(&reading), ["HUGE", "LOCKED", "POOL"]);
    assert_eq!(codes(&reading.plans[0])[0], "too-large");
    assert_eq!(codes(&reading.plans[1])[0], "unreadable");
    assert_eq!(codes(&reading.plans[2]), ["not-utf8"]);
    assert_eq!(reading.plans[2].items.len(), 3);
    let rest: Vec<&str> = reading.problems.iter().map(|problem| problem.code.word()).collect();
    assert_eq!(rest, ["link-outside", "unreadable"]);
}

#[test]
fn a_plan_named_by_its_path_is_read_wherever_it_lies() {
    let listing = Listing::new()
        .with("elsewhere/REEF/PLAN_REEF.md", &small("Reef"))
        .with("elsewhere/REEF/subplans/SUBPLAN_REEF_11.md", "# SUBPLAN: s\n")
        .with("elsewhere/PLAN_SHELL.md", &small("Shell"));
    let check = |path: &str, expected: &[&str]| {
        assert_eq!(ids(&read_in(&listing, &Scope::Path(path.to_owned()))), expected, "{path}");
    };
    check("elsewhere/REEF/PLAN_REEF.md", &["REEF"]);
    check("elsewhere/REEF", &["REEF"]);
    check("elsewhere/REEF/", &["REEF"]);
    check("elsewhere/PLAN_SHELL.md", &["SHELL"]);
    check("elsewhere", &["REEF", "SHELL"]);
    let reading = read_in(&listing, &Scope::Path("elsewhere/REEF/PLAN_REEF.md".to_owned()));
    assert_eq!(states(&reading.plans[0]), ["1.1 ready (designed)"]);
}

#[test]
fn the_reader_claims_a_file_by_its_name_and_heading() {
    let claims = READER.claims;
    assert!(claims("x/PLAN_A.md", "# PLAN: A\n"));
    assert!(claims("PLAN_A.md", "\u{feff}# 🎯 Plan: A\r\n"));
    assert!(!claims("PLAN_A.md", "# Notes\n"));
    assert!(!claims("A.md", "# PLAN: A\n"));
    assert!(!claims("PLAN_é", "# PLAN: A\n"));
}

#[test]
fn five_hundred_plans_are_five_hundred_plans() {
    let mut listing = Listing::new();
    for at in 0..500 {
        listing = listing.with(&format!("work-space/plans/P{at:03}/PLAN_P{at:03}.md"), POOL);
    }
    assert_eq!(read(&listing).plans.len(), 500);
}
