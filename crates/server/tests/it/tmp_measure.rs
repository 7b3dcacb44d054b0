//! Temporary.
use reqwest::Method;
use serde_json::json;
use testkit::{TestServer, db_tests};
use types::contact_imports::{ContactImport, ContactImports, ImportState};

db_tests!(measure_import,);

fn rss() -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    text.lines().filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM")).collect::<Vec<_>>().join(" ")
}

async fn measure_import(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("hi").await;
    let mut table = String::from("姓名,电话,备注,账号\n");
    for n in 0..10_000 {
        table.push_str(&format!("客户{n},138{n:08},老客户第{n}位需要回访,u-{n}\n"));
    }
    eprintln!("table {} bytes; before {}", table.len(), rss());
    let begun = std::time::Instant::now();
    let request =
        admin.request(Method::POST, "/api/v1/contact-imports").header("content-type", "application/octet-stream");
    let import: ContactImport = admin.send(request.body(table)).await.having(201).json();
    eprintln!("uploaded in {:?}; {}", begun.elapsed(), rss());
    for trial in [true, false] {
        let begun = std::time::Instant::now();
        let request = json!({"channel_id": channel.id, "columns": import.suggested, "trial": trial});
        admin.post(&format!("/api/v1/contact-imports/{}/begin", import.id), &request).await.expect(200);
        let (mut worst, mut sum, mut count) = (0, 0, 0);
        loop {
            server.clock.advance(100);
            let said = std::time::Instant::now();
            visitor.say("在吗").await;
            let took = said.elapsed().as_millis();
            worst = worst.max(took);
            sum += took;
            count += 1;
            let all: ContactImports = admin.get("/api/v1/contact-imports").await.having(200).json();
            if all.items[0].state != ImportState::Running {
                eprintln!(
                    "trial {trial}: {:?}, created {}, failed {}; messages meanwhile {count}, mean {} ms, worst {worst} ms; {}",
                    begun.elapsed(),
                    all.items[0].created,
                    all.items[0].failed,
                    sum / count,
                    rss()
                );
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}
