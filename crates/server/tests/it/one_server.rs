//! One server on one SQLite file.

use crate::program::{Program, parlor, run, said};

#[tokio::test]
async fn a_second_server_on_one_file_says_so_and_ends_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = Program::start(folder.path(), &[]);
    let data = folder.path().join("data");
    let settings = [("PARLOR_LISTEN", "127.0.0.1:0"), ("PARLOR_DATA_DIR", data.to_str().unwrap())];
    let second = run(parlor(&settings, &[]), "").await;
    assert!(!second.status.success());
    for words in ["another server runs on", "PostgreSQL"] {
        assert!(said(&second).contains(words), "{}", said(&second));
    }
    assert_eq!(first.status("/healthz").await, 200);
    // Whoever is killed leaves nothing behind that would keep the next one out.
    first.signal("KILL");
    first.ended().await;
    let third = Program::start(folder.path(), &[]);
    assert_eq!(third.status("/healthz").await, 200);
}
