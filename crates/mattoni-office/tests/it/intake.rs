//! Files handed in at the counter: looked at, recorded, kept, and one day collected.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use expect_test::expect;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Digest, Problems};
use mattoni_desk::intake::{
    Clamd, Inspection, Received, ScanError, ScanFinding, Scanner, Upload, Verdict, inspection_id,
    sniff,
};
use mattoni_desk::{Desk, DeskError};
use mattoni_office::attachment;
use mattoni_practice::{Practice, Verb};
use mattoni_store::{Memory, ObjectBlobs, Store, WithBlobs};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::practices::{Spec, at, citizen, desk_on, ente, id, open_all, person};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";
/// What every scanner finds, and nobody fears (www.eicar.org), in two parts, so that none finds
/// it here.
const EICAR: [&str; 2] =
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"];

fn upload(name: &str, media_type: &str, bytes: &[u8]) -> Upload {
    Upload { name: name.into(), media_type: media_type.into(), bytes: bytes.to_vec() }
}

fn pdf(name: &str) -> Upload {
    upload(name, "application/pdf", &[PDF, name.as_bytes()].concat())
}

fn harmful() -> Upload {
    upload(
        "carta.pdf",
        "application/pdf",
        &[PDF, EICAR[0].as_bytes(), EICAR[1].as_bytes()].concat(),
    )
}

/// A desk with one draft.
async fn desk(store: impl Store + 'static) -> Desk {
    let desk = desk_on(store);
    let draft = Spec {
        service: 0,
        applicant: 0,
        filer: 0,
        reader: None,
        office: 0,
        stage: 0,
        noted: false,
    };
    open_all(&desk, &[draft]).await;
    desk
}

async fn attach(
    desk: &Desk,
    who: u8,
    upload: Upload,
    scanner: Option<&dyn Scanner>,
) -> Result<Practice, DeskError> {
    let role = Role::Citizen { person: person(who).id };
    let practices = desk.at_counter(Subject::new(ente(), vec![role])).of::<Practice>();
    let verb = |practice: &Practice, act: &Act, files: &[Received]| {
        practice.attach(act, attachment(&files[0]))
    };
    practices.hand_in(id(0), Verb::Attach, &citizen(who, 1), vec![upload], scanner, verb).await
}

fn refused<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> Problems {
    match answer {
        Err(DeskError::Refused(problems)) => problems,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn inspection(desk: &Desk, digest: Digest) -> Option<Inspection> {
    let there = desk.load(inspection_id(desk.ente(), digest)).await.unwrap();
    there.map(|loaded| loaded.state)
}

/// As much of ClamAV's daemon as is needed: one command a connection.
struct Daemon {
    address: String,
    seen: Arc<Mutex<Vec<usize>>>,
}

impl Daemon {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let files = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((wire, _)) = listener.accept().await {
                serve(wire, &files).await;
            }
        });
        Self { address, seen }
    }
}

async fn serve(mut wire: TcpStream, files: &Mutex<Vec<usize>>) {
    const LIMIT: usize = 1 << 20;
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        command.push(wire.read_u8().await.unwrap());
    }
    let answer = match command.as_slice() {
        b"zVERSION\0" => "ClamAV 1.4.2/27500".to_owned(),
        b"zINSTREAM\0" => {
            let mut file = Vec::new();
            loop {
                let length = wire.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                if file.len() + length > LIMIT {
                    // As the daemon does: it answers and hangs up in the middle of the file.
                    let _ = wire.write_all(b"INSTREAM size limit exceeded. ERROR\0").await;
                    return;
                }
                let mut chunk = vec![0; length];
                wire.read_exact(&mut chunk).await.unwrap();
                file.extend(chunk);
            }
            files.lock().unwrap().push(file.len());
            let marker = EICAR.concat();
            let found = file.windows(marker.len()).any(|window| window == marker.as_bytes());
            let found = if found { "Eicar-Signature FOUND" } else { "OK" };
            format!("stream: {found}")
        }
        other => panic!("unknown command {other:?}"),
    };
    wire.write_all(format!("{answer}\0").as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_file_is_known_by_what_it_is_and_what_was_claimed_is_on_record() {
    let desk = desk(Memory::new()).await;
    let jpeg = b"\xFF\xD8\xFF\xE0\x00\x10JFIF".as_slice();
    for (name, claimed, bytes, known) in [
        ("foto.jpg", "image/jpg; q=1", jpeg, "image/jpeg"),
        ("scansione.pdf", "application/x-pdf", PDF, "application/pdf"),
        (
            "allegato",
            "application/octet-stream",
            b"%PDF-1.7\n2 0 obj".as_slice(),
            "application/pdf",
        ),
    ] {
        let practice = attach(&desk, 0, upload(name, claimed, bytes), None).await.unwrap();
        assert_eq!(practice.attachments().last().unwrap().media_type, known, "{claimed}");
        let looked = inspection_id(&ente(), Digest::of(bytes));
        let looked = desk.load::<Inspection>(looked).await.unwrap().unwrap().state;
        assert_eq!(looked.latest().unwrap().claimed, claimed);
    }
    // A name for one thing does not make it another.
    let lied = refused(attach(&desk, 0, upload("x", "image/jpg", PDF), None).await);
    assert!(lied.iter().any(|problem| problem.code == "desk.intake.other-type"), "{lied}");
    let unknown = refused(attach(&desk, 0, upload("x", "", b"\x00\x01\x02"), None).await);
    assert!(
        unknown.iter().any(|problem| problem.code == "practice.attach.media-type"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_good_file_is_scanned_recorded_kept_and_attached() {
    let (daemon, dir) = (Daemon::start().await, TempDir::new().unwrap());
    let elsewhere = ObjectBlobs::folder(dir.path()).unwrap();
    let desk = desk(WithBlobs::new(Memory::new(), elsewhere)).await;
    let clamd = Clamd::tcp(&daemon.address);
    // More than a piece of the protocol.
    let file = upload("carta.pdf", "application/pdf", &[PDF, &[b' '; 200_000]].concat());
    let digest = Digest::of(&file.bytes);
    let practice = attach(&desk, 0, file.clone(), Some(&clamd)).await.unwrap();
    assert_eq!(practice.attachments(), [attachment(&file.received())]);
    assert_eq!(desk.store().get(&ente(), digest).await.unwrap().unwrap(), file.bytes);
    assert_eq!(*daemon.seen.lock().unwrap(), [file.bytes.len()]);

    let record = inspection(&desk, digest).await.unwrap();
    let look = record.latest().unwrap();
    assert_eq!(look.sniffed.as_deref(), Some("application/pdf"));
    let clean =
        ScanFinding::Scanned { engine: "ClamAV 1.4.2/27500".into(), verdict: Verdict::Clean };
    assert_eq!(look.finding, clean);
    let json = serde_json::to_string(&look.finding).unwrap();
    assert_eq!(json, r#"{"scan":"scanned","engine":"ClamAV 1.4.2/27500","verdict":"clean"}"#);
    assert_eq!(serde_json::from_str::<ScanFinding>(&json).unwrap(), clean);

    // The same file again: the practice has it, and no scanner is asked.
    let twice = refused(attach(&desk, 0, file, Some(&clamd)).await);
    assert_eq!(twice.iter().next().unwrap().code, "practice.attach.twice");
    assert_eq!(daemon.seen.lock().unwrap().len(), 1);
    assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_harmful_file_is_recorded_and_not_kept() {
    let daemon = Daemon::start().await;
    let desk = desk(Memory::new()).await;
    let clamd = Clamd::tcp(&daemon.address);
    let file = harmful();
    let problems = refused(attach(&desk, 0, file.clone(), Some(&clamd)).await);
    expect![[r#"carta.pdf: holds something harmful: Eicar-Signature; clean the computer it comes from, and make the file anew [desk.intake.infected]"#]]
        .assert_eq(problems.to_string().trim());
    let digest = Digest::of(&file.bytes);
    assert_eq!(desk.store().get(&ente(), digest).await.unwrap(), None);
    assert!(desk.load(id(0)).await.unwrap().unwrap().state.attachments().is_empty());
    let record = inspection(&desk, digest).await.unwrap();
    let signature = "Eicar-Signature".to_owned();
    let ScanFinding::Scanned { verdict, .. } = &record.latest().unwrap().finding else { panic!() };
    assert_eq!(*verdict, Verdict::Infected { signature });

    refused(attach(&desk, 0, file, Some(&clamd)).await);
    assert_eq!(inspection(&desk, digest).await.unwrap().looks.len(), 2, "every try is on record");
    assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn every_problem_of_a_file_is_told_at_once_and_nothing_is_kept() {
    let desk = desk(Memory::new()).await;
    let head = desk.store().head(&ente()).await.unwrap();
    let mut program = b"\x7FELF\x02\x01\x01".to_vec();
    program.resize(11 << 20, 0);
    let problems = refused(attach(&desk, 0, upload(" ", "application/pdf", &program), None).await);
    let codes: Vec<_> = problems.iter().map(|problem| problem.code.to_string()).collect();
    assert_eq!(
        codes,
        ["practice.attach.name", "practice.attach.too-large", "desk.intake.other-type"]
    );
    let unknown = upload("carta.pdf", "application/pdf", b"\x00\x01\x02");
    let problems = refused(attach(&desk, 0, unknown, None).await);
    assert_eq!(problems.iter().next().unwrap().code, "desk.intake.unrecognised");
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
    assert!(desk.store().blobs(&ente(), None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stranger_is_told_nothing_and_fills_no_disk() {
    let desk = desk(Memory::new()).await;
    let head = desk.store().head(&ente()).await.unwrap();
    let wrong = upload("carta.pdf", "application/pdf", b"\x7FELF\x02\x01\x01");
    for file in [pdf("carta.pdf"), wrong] {
        let problems = refused(attach(&desk, 3, file, None).await);
        let codes: Vec<_> = problems.iter().map(|problem| problem.code.to_string()).collect();
        assert_eq!(codes, ["desk.unknown"]);
    }
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
    assert!(desk.store().blobs(&ente(), None, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_file_is_taken_that_the_scanner_could_not_see() {
    let daemon = Daemon::start().await;
    let desk = desk(Memory::new()).await;
    let scanned =
        async |clamd: Clamd, file: Upload| match attach(&desk, 0, file, Some(&clamd)).await {
            Err(DeskError::Scanner(error)) => error,
            other => panic!("{other:?}"),
        };
    let cause = |error: ScanError| std::error::Error::source(&error).unwrap().to_string();
    let large = upload("carta.pdf", "application/pdf", &[PDF, &[b' '; 2 << 20]].concat());
    let refused = cause(scanned(Clamd::tcp(&daemon.address), large).await);
    // Told in words, or by the wire that was cut: the daemon does not wait for the rest.
    assert!(!refused.is_empty());

    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    scanned(Clamd::tcp(nobody.to_string()), pdf("carta.pdf")).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let hasty = Clamd::tcp(address).with_patience(Duration::from_millis(20));
    scanned(hasty, pdf("carta.pdf")).await;
    scanned(Clamd::socket("/nowhere/clamd.ctl"), pdf("carta.pdf")).await;

    assert!(desk.store().blobs(&ente(), None, 9).await.unwrap().is_empty());
    assert!(desk.load(id(0)).await.unwrap().unwrap().state.attachments().is_empty());
}

#[tokio::test]
async fn what_is_taken_out_of_a_draft_is_collected_a_grace_later_and_nothing_else() {
    let desk = desk(Memory::new()).await;
    let stays = attach(&desk, 0, pdf("resta.pdf"), None).await.unwrap().attachments()[0].digest;
    let goes = attach(&desk, 0, pdf("via.pdf"), None).await.unwrap().attachments()[1].digest;
    let day = TimeDelta::days(1);
    let collect = async |days| desk.collect_blobs(at(days), day, &|_| ()).await.unwrap();
    assert_eq!(collect(2).await.kept, 2);
    desk.decide(id(0), &citizen(0, 3), |p: &Practice| {
        p.detach(&citizen(0, 3), goes).map(|event| vec![event])
    })
    .await
    .unwrap();
    assert_eq!(collect(3).await.set_aside, [goes]);
    assert!(desk.store().get(&ente(), goes).await.unwrap().is_some(), "not at first sight");
    assert_eq!(collect(4).await.discarded, [goes]);
    assert_eq!(desk.store().get(&ente(), goes).await.unwrap(), None);
    assert!(desk.store().get(&ente(), stays).await.unwrap().is_some());
    assert!(inspection(&desk, goes).await.is_some(), "the record stays");
    assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
}

#[test]
fn files_are_known_by_their_bytes() {
    let p7m = [&[0x30, 0x82, 0x0A, 0x00, 0x06, 0x09][..], b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"];
    let late_pdf = [&b"\n"[..], PDF].concat();
    let files: [(&str, &[u8]); 9] = [
        ("application/pdf", PDF),
        ("application/pdf", &late_pdf),
        ("application/pkcs7-mime", &p7m.concat()),
        ("application/x-pkcs7-mime", b"-----BEGIN PKCS7-----"),
        ("image/jpeg", b"\xFF\xD8\xFF\xE0"),
        ("IMAGE/PNG; q=1", b"\x89PNG\r\n\x1a\n"),
        ("text/plain", "perché".as_bytes()),
        ("text/csv; charset=utf-8", b"a,b"),
        ("application/xml", b"<?xml version=\"1.0\"?>"),
    ];
    for (media_type, bytes) in files {
        assert_eq!(upload("file", media_type, bytes).mismatch(), None, "{media_type}");
    }
    let others: [(&str, &[u8]); 5] = [
        ("image/png", b"\xFF\xD8\xFF\xE0"),
        ("application/pdf", b"MZ\x90\x00"),
        ("application/pdf", b"<!DOCTYPE html><script>"),
        ("application/pkcs7-mime", b"\x30\x82\x0A\x00\x02\x01"),
        ("text/plain", b"a\0b"),
    ];
    for (media_type, bytes) in others {
        assert!(upload("file", media_type, bytes).mismatch().is_some(), "{media_type}");
    }
    assert_eq!(sniff(b""), None);
}
