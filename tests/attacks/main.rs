//! Attacks, and the test that shows each one fail.
//!
//! Every row of [`ATTACKS`] is something that somebody tried, or could: by which way, and the tests
//! that try it again each time. The tests live with the code they are about, and run with
//! `cargo xtask test`; what takes minutes (a process killed hundreds of times) is a part of
//! `cargo xtask soak` too. This file holds them together: a row whose test is gone or was renamed
//! fails here. Bytes that no person would think of are made up by the fuzz targets of `fuzz/`.
//!
//! Who might do harm, and which wall stands there, is said in `docs/threat-model.md`.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

use std::path::{Path, PathBuf};

/// An attack, and where it is tried: file and test.
struct Attack {
    what: &'static str,
    tried: &'static [(&'static str, &'static str)],
}

const fn attack(what: &'static str, tried: &'static [(&'static str, &'static str)]) -> Attack {
    Attack { what, tried }
}

const ATTACKS: &[Attack] = &[
    // Whoever has the store's file, a log or a backup.
    attack(
        "reading people out of the store's file",
        &[
            (
                "crates/mattoni-store/tests/it/vault.rs",
                "what_is_personal_never_reaches_the_file_and_reads_as_it_was",
            ),
            (
                "crates/mattoni-office/tests/it/privacy.rs",
                "a_person_is_nowhere_in_the_file_and_erased_from_all_of_it",
            ),
        ],
    ),
    attack(
        "reading reviews, and the reasons of offers, in the file or after their erasure",
        &[
            (
                "crates/mattoni-office/tests/it/privacy_rankings.rs",
                "what_was_said_is_sealed_and_told_to_whom_it_is_about_and_nobody_else",
            ),
            (
                "crates/mattoni-office/tests/it/privacy_rankings.rs",
                "what_was_said_is_erased_with_the_person",
            ),
            (
                "crates/mattoni-office/tests/it/privacy_rankings.rs",
                "what_was_said_is_erased_with_the_practice_by_a_rule_of_retention",
            ),
        ],
    ),
    attack(
        "finding an erased person's wrapped key in the file or its log",
        &[(
            "crates/mattoni-store/tests/it/private.rs",
            "an_erased_key_leaves_file_and_log_once_no_reader_needs_them",
        )],
    ),
    attack(
        "bringing back the erased out of an older backup",
        &[
            (
                "crates/mattoni-store/tests/it/vault.rs",
                "an_older_backup_with_the_newest_keys_brings_back_nobody",
            ),
            (
                "crates/mattoni-office/tests/it/privacy.rs",
                "the_attachments_of_an_erased_person_are_gone_from_older_backups_too",
            ),
        ],
    ),
    attack(
        "reading database, backups, messages or keys as another user of the machine",
        &[
            (
                "crates/mattoni-store/tests/it/private.rs",
                "files_and_folders_that_the_store_makes_are_for_their_owner_alone",
            ),
            ("crates/mattoni-desk/tests/it/file_mailbox.rs", "messages_are_for_their_owner_alone"),
            (
                "crates/mattoni-cli/tests/it/opening.rs",
                "a_new_store_is_sealed_and_its_key_is_spoken_of_once",
            ),
            (
                "crates/mattoni-cli/tests/it/rules.rs",
                "a_key_is_for_its_owner_alone_and_never_overwritten",
            ),
        ],
    ),
    attack(
        "having a store that was restored without its key written on in the clear",
        &[
            (
                "crates/mattoni-store/tests/it/vault.rs",
                "what_was_sealed_is_never_written_on_in_the_clear_whatever_is_missing",
            ),
            (
                "crates/mattoni-cli/tests/it/opening.rs",
                "a_sealed_store_without_its_key_is_refused_a_restored_backup_too",
            ),
            (
                "crates/mattoni-cli/tests/it/opening.rs",
                "records_in_the_clear_are_asked_for_and_never_come_about_by_a_missing_key",
            ),
        ],
    ),
    attack(
        "losing what is committed while another process begins to seal",
        &[(
            "crates/mattoni-store/tests/it/altered.rs",
            "what_is_committed_while_another_process_stores_the_key_opens_afterwards",
        )],
    ),
    attack(
        "moving a sealed value to where somebody may read it",
        &[
            (
                "crates/mattoni-store/tests/it/vault.rs",
                "sealed_values_open_nowhere_but_in_their_own_place",
            ),
            (
                "crates/mattoni-store/tests/it/sealed_blobs.rs",
                "a_sealed_blob_opens_nowhere_but_in_its_own_place",
            ),
        ],
    ),
    // Whoever can write to the store.
    attack(
        "changing, removing, swapping or adding rows of the journal",
        &[
            ("crates/mattoni-store/tests/it/tamper.rs", "every_column_is_held_by_the_hash"),
            ("crates/mattoni-store/tests/it/tamper.rs", "missing_rows_are_found"),
            ("crates/mattoni-store/tests/it/tamper.rs", "swapped_rows_are_found"),
            ("crates/mattoni-store/tests/it/tamper.rs", "added_rows_are_found"),
            (
                "crates/mattoni-cli/tests/it/records.rs",
                "whatever_is_changed_by_hand_is_found_and_named",
            ),
        ],
    ),
    attack(
        "deleting the head of the chain, or setting it back",
        &[
            (
                "crates/mattoni-store/tests/it/tamper.rs",
                "a_head_that_was_set_back_or_removed_is_found",
            ),
            (
                "crates/mattoni-store/tests/it/index.rs",
                "an_ente_without_its_head_is_still_one_on_postgres",
            ),
        ],
    ),
    attack(
        "destroying keys by hand, to have it taken for an erasure",
        &[(
            "crates/mattoni-cli/tests/it/faults.rs",
            "keys_that_somebody_destroyed_are_told_from_those_that_were_erased",
        )],
    ),
    attack(
        "emptying the lists",
        &[(
            "crates/mattoni-cli/tests/it/faults.rs",
            "lists_that_were_emptied_by_hand_are_found_and_made_anew",
        )],
    ),
    attack(
        "stopping an ente with one record of ten that cannot be read",
        &[
            (
                "crates/mattoni-desk/tests/it/faults.rs",
                "the_clock_does_its_work_on_the_nine_others_and_names_the_one",
            ),
            (
                "crates/mattoni-desk/tests/it/faults.rs",
                "screens_counts_and_exports_show_the_nine_others_and_say_that_one_is_left_out",
            ),
            (
                "crates/mattoni-cli/tests/it/faults.rs",
                "lists_tables_and_the_clock_go_on_without_the_two_and_say_so",
            ),
        ],
    ),
    attack(
        "stopping an ente with one taker that fails",
        &[
            (
                "crates/mattoni-desk/tests/it/faults.rs",
                "a_taker_that_is_down_keeps_no_other_topic_waiting_and_its_letters_die",
            ),
            (
                "crates/mattoni-desk/tests/it/faults.rs",
                "an_effect_over_which_the_taker_fails_waits_alone",
            ),
        ],
    ),
    // Whoever writes a rule, or replaces one.
    attack(
        "a plugin of 601 bytes that is gigabytes once it is compiled",
        &[
            (
                "crates/mattoni-rules/tests/it/bombs.rs",
                "parts_that_double_with_every_level_are_counted_and_not_made",
            ),
            (
                "crates/mattoni-rules/tests/it/bombs.rs",
                "parts_nested_deeper_than_any_rule_are_refused",
            ),
        ],
    ),
    attack(
        "having a plugin's bytes read that nobody pinned or signed",
        &[(
            "crates/mattoni-cli/tests/it/rules.rs",
            "a_file_without_the_signature_that_is_wanted_is_not_even_looked_at",
        )],
    ),
    attack(
        "a rule that never ends, takes all memory, or lies about its answer",
        &[
            ("crates/mattoni-rules/tests/it/hostile.rs", "an_endless_loop_runs_out_of_fuel"),
            ("crates/mattoni-rules/tests/it/hostile.rs", "memory_without_end_is_refused_as_such"),
            (
                "crates/mattoni-rules/tests/it/hostile.rs",
                "a_lie_about_the_answer_names_criterion_and_row",
            ),
        ],
    ),
    attack(
        "machine code put into the cache of plugins",
        &[
            (
                "crates/mattoni-rules/tests/it/cache.rs",
                "a_tampered_entry_is_never_run_and_is_put_right",
            ),
            (
                "crates/mattoni-rules/tests/it/cache.rs",
                "links_are_not_followed_to_folder_key_or_entry",
            ),
            ("crates/mattoni-rules/tests/it/cache.rs", "what_belongs_to_another_user_is_refused"),
            (
                "crates/mattoni-rules/tests/it/cache.rs",
                "an_entry_that_others_can_touch_is_not_run_though_its_code_is_right",
            ),
        ],
    ),
    // People at the counter.
    attack(
        "freezing one's own practice by filling it up",
        &[
            (
                "crates/mattoni-practice/tests/it/room.rs",
                "every_list_that_citizens_make_longer_has_an_end_that_is_told",
            ),
            (
                "crates/mattoni-practice/tests/it/room.rs",
                "one_act_of_megabytes_is_refused_with_how_much_it_may_have",
            ),
            (
                "crates/mattoni-practice/tests/it/room.rs",
                "a_name_of_hundreds_of_words_keeps_no_practice_from_being_taken_in_charge",
            ),
        ],
    ),
    attack(
        "reading the office's private notes, or that there was one",
        &[
            (
                "crates/mattoni-office/tests/it/counter.rs",
                "a_citizen_cannot_find_out_by_reading_that_a_note_was_written",
            ),
            (
                "crates/mattoni-practice/tests/it/access.rs",
                "who_sees_no_notes_does_not_learn_that_one_was_written_or_read",
            ),
            (
                "crates/mattoni-practice/tests/it/access.rs",
                "what_who_sees_no_notes_sees_is_what_there_would_be_without_them",
            ),
        ],
    ),
    attack(
        "finding out which practices exist",
        &[
            (
                "crates/mattoni-practice/tests/it/access.rs",
                "a_stranger_cannot_tell_a_practice_that_exists_from_one_that_does_not",
            ),
            (
                "crates/mattoni-office/tests/it/counter.rs",
                "opening_under_the_id_of_someone_elses_practice_shows_nothing_of_it",
            ),
        ],
    ),
    attack(
        "deciding on one's own application as an official",
        &[
            (
                "crates/mattoni-practice/tests/it/conflict.rs",
                "an_official_who_is_on_the_practice_may_do_nothing_to_it_but_abstain",
            ),
            (
                "crates/mattoni-practice/tests/it/conflict.rs",
                "who_is_official_and_applicant_acts_as_citizen_alone",
            ),
        ],
    ),
    attack(
        "reading another ente's records on the same server",
        &[(
            "crates/mattoni-desk/tests/it/parts.rs",
            "whoever_is_known_in_another_ente_is_nobody_here",
        )],
    ),
    attack(
        "a server that lets in and never answers, or answers for itself alone",
        &[
            (
                "crates/mattoni-store/tests/it/silent.rs",
                "a_silent_server_is_given_up_in_time_and_what_comes_after_works",
            ),
            (
                "crates/mattoni-store/tests/it/silent.rs",
                "a_host_that_lets_in_and_never_answers_does_not_keep_from_the_next",
            ),
            (
                "crates/mattoni-store/tests/it/silent.rs",
                "a_wait_for_a_standby_that_somebody_ends_is_not_acknowledged",
            ),
            (
                "crates/mattoni-store/tests/it/silent.rs",
                "a_standby_that_never_answers_makes_a_commit_unknown_in_time",
            ),
            (
                "crates/mattoni-store/tests/it/silent.rs",
                "a_connection_that_took_no_writes_is_not_used_again",
            ),
        ],
    ),
    attack(
        "stopping an erasure half-way, for good",
        &[
            (
                "crates/mattoni-office/tests/it/stopped_erasure.rs",
                "the_erasure_of_a_person_that_is_stopped_anywhere_is_finished",
            ),
            (
                "crates/mattoni-office/tests/it/stopped_erasure.rs",
                "retention_that_is_stopped_anywhere_is_finished",
            ),
        ],
    ),
    attack(
        "an act of the year 2100, delivered then",
        &[
            (
                "crates/mattoni-desk/tests/it/ahead.rs",
                "an_act_of_a_day_to_come_is_refused_on_every_way_in",
            ),
            (
                "crates/mattoni-desk/tests/it/ahead.rs",
                "what_came_in_before_is_shown_where_the_journal_is_proved",
            ),
        ],
    ),
    attack(
        "names that control a terminal or turn the direction of a line",
        &[(
            "crates/mattoni-core/tests/it/unwritable.rs",
            "what_controls_a_machine_or_turns_the_direction_is_refused_wherever_it_stands",
        )],
    ),
    attack(
        "a TOML file of a million keys",
        &[("crates/mattoni-cli/tests/it/service.rs", "a_file_is_weighed_before_it_is_parsed")],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether the text of a file has a test of this name.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let function = format!("fn {name}()");
    let at = lines
        .iter()
        .position(|line| line.strip_prefix("async ").unwrap_or(line).starts_with(&function));
    let above = at.into_iter().flat_map(|at| lines[..at].iter().rev());
    above
        .take_while(|line| line.starts_with('#'))
        .any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"))
}

#[test]
fn every_attack_is_tried_by_a_test_that_is_there() {
    let mut gone = Vec::new();
    for Attack { what, tried } in ATTACKS {
        assert!(!tried.is_empty(), "{what}");
        for (file, test) in *tried {
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            if !has_test(&text, test) {
                gone.push(format!("{what}: {test} in {file}"));
            }
        }
    }
    assert!(gone.is_empty(), "no such test:\n{}", gone.join("\n"));
}

#[test]
fn a_test_that_was_renamed_or_only_helps_is_found_missing() {
    let text = "#[cfg(unix)]\n#[tokio::test]\nasync fn tried() {\n}\n\nfn helps() {\n}\n";
    assert!(has_test(text, "tried"));
    assert!(!has_test(text, "helps") && !has_test(text, "renamed"));
}
