//! The load against the real server: what comes out is clean, and stays clean when everybody is cut off in between.

use bench::load::{Crowd, Senders, Shape, Work};
use bench::people::Site;
use bench::process::{Plan, Server, program_of_tests};
use std::time::Duration;

#[tokio::test]
async fn a_short_load_is_clean_also_when_every_connection_is_cut() {
    let Some(program) = program_of_tests() else { return println!("skipped: PARLOR_SERVER_BIN names no server") };
    let mut server = Server::start(Plan::new(program)).await.expect("the server starts");
    let site = Site::of(&server).expect("a client");
    let shape = Shape { organisations: 2, visitors: 5, text: 120, files_every: Some(7) };
    let mut crowd = Crowd::open(&site, shape).await.expect("everybody gets in");
    let work = Work {
        rate: 100.0,
        warm_up: Duration::ZERO,
        measured: Duration::from_secs(1),
        senders: Senders::Both,
        patience: Duration::from_secs(30),
    };

    let ran = crowd.run(&work).await.expect("the load runs");
    assert_eq!(ran.delivery.len(), 100);
    assert_eq!(ran.acknowledgement.len(), 100);
    let report = crowd.judge(ran).await.expect("the histories are there");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.acknowledged, 100);

    let (cut, mut acknowledged) = (crowd.scissors(), crowd.acknowledged());
    let before = *acknowledged.borrow();
    let strike = async {
        acknowledged.wait_for(|count| *count >= before + 40).await.expect("the load goes on");
        cut();
    };
    let (ran, ()) = tokio::join!(crowd.run(&work), strike);
    let report = crowd.judge(ran.expect("the load runs")).await.expect("the histories are there");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.acknowledged, 100);

    crowd.close().await;
    assert!(server.usage().expect("it runs").cpu > Duration::ZERO);
    assert!(server.terminate().await.expect("it stops").success());
}
