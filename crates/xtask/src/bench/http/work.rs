//! The requests: the same visits, photos and searches for both servers, which speak the same addresses.

use super::load::{Act, Work};
use super::{Prepared, Result, campaign};
use domain::region::CountyCode;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageBuffer, Rgb};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::json;
use std::fmt::Write;
use uuid::Uuid;

/// Visits of the largest load.
pub const VISITS: usize = 20_000;
/// Visits when one connection waits for each.
const ALONE: usize = 1_500;
/// Visits with photos.
const PHOTOS: usize = 1_000;
/// Lists and searches.
const READS: usize = 4_000;
/// Names and initials that are looked for; the roster holds generated names only.
const SEARCHES: [&str; 6] = ["王", "李秀", "zg", "wxy", "陈国", "zhang"];

/// Ids that no other turn makes.
struct Ids(ChaCha12Rng);

impl Ids {
    fn next(&mut self) -> Uuid {
        let mut random = [0; 10];
        self.0.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(1_721_433_600_000, &random).into_uuid()
    }
}

/// All acts of a load.
pub fn requests(work: Work, connections: usize, turn: usize, prepared: &Prepared) -> Result<Vec<Act>> {
    let mut ids = Ids(ChaCha12Rng::seed_from_u64(4_000 + u64::try_from(turn)?));
    let persons = prepared.persons.iter().cycle();
    Ok(match work {
        Work::Visit => {
            let count = if connections == 1 { ALONE } else { VISITS };
            persons.take(count).map(|person| vec![visit(prepared, turn, ids.next(), person)]).collect()
        }
        Work::Photo => {
            let mut acts = Vec::with_capacity(PHOTOS);
            for person in persons.take(PHOTOS) {
                let (id, file) = (ids.next(), ids.next());
                acts.push(with_photo(prepared, turn, id, file, person, &photo(&mut ids.0)?));
            }
            acts
        }
        Work::FirstPage => (0..READS).map(|_| vec![get(prepared, "persons?limit=20")]).collect(),
        Work::Search => (0..READS)
            .map(|number| {
                let mut path = "persons?limit=20&search=".to_owned();
                for byte in SEARCHES[number % SEARCHES.len()].bytes() {
                    let _ = write!(path, "%{byte:02X}");
                }
                vec![get(prepared, &path)]
            })
            .collect(),
    })
}

/// Requests that change nothing.
pub fn warming(work: Work, prepared: &Prepared) -> Vec<Vec<u8>> {
    let address = if work == Work::Search { "persons?limit=20&search=%E7%8E%8B" } else { "persons?limit=20" };
    (0..50).map(|_| get(prepared, address)).collect()
}

fn county() -> CountyCode {
    crate::bench::world::code()
}

fn get(prepared: &Prepared, path: &str) -> Vec<u8> {
    request("GET", path, prepared, "", &[])
}

fn request(method: &str, path: &str, prepared: &Prepared, kind: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!(
        "{method} /api/v1/counties/{}/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n",
        county(),
        prepared.token
    );
    if method != "GET" {
        let _ = write!(text, "Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn send_json(method: &str, path: &str, prepared: &Prepared, body: &serde_json::Value) -> Vec<u8> {
    request(method, path, prepared, "application/json", body.to_string().as_bytes())
}

/// A day of its own for each turn: the same visit is not recorded twice.
fn visited_on(turn: usize) -> String {
    format!("2024-07-{:02}", 10 + turn)
}

fn visit(prepared: &Prepared, turn: usize, id: Uuid, person: &str) -> Vec<u8> {
    let body = json!({
        "campaign": campaign(),
        "unit": prepared.township,
        "visited_on": visited_on(turn),
        "method": "home",
        "person": person,
        "leader_name": "甲",
        "leader_title": "副镇长",
        "leader_kind": "deputy",
        "money_fen": 50_000,
        "money_source": "county",
        "goods": [{ "name": "大米", "quantity": 1, "unit": "袋" }],
        "goods_fen": 4_500,
        "note": "腿脚不便，已约好下月复诊。",
    });
    send_json("PUT", &format!("visits/{id}"), prepared, &body)
}

/// Stands between the parts of a form.
const BOUNDARY: &str = "shuangyong-bench-7f3a";

fn with_photo(prepared: &Prepared, turn: usize, id: Uuid, file: Uuid, person: &str, bytes: &[u8]) -> Act {
    let about = json!({
        "id": file, "kind": "photo", "owner_kind": "visit", "owner": id,
        "name": "走访.jpg", "caption": "登门看望", "total": bytes.len(),
    });
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"about\"\r\nContent-Type: application/json\r\n\r\n\
         {about}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"content\"; filename=\"photo.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(bytes);
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    vec![visit(prepared, turn, id, person), request("POST", "files", prepared, &kind, &form)]
}

/// A photo of about 300 kB that no other equals.
fn photo(random: &mut ChaCha12Rng) -> Result<Vec<u8>> {
    const WIDTH: u32 = 1280;
    const HEIGHT: u32 = 960;
    let mut noise = vec![0; (WIDTH * HEIGHT) as usize];
    random.fill_bytes(&mut noise);
    let image = ImageBuffer::from_fn(WIDTH, HEIGHT, |x, y| {
        let grain = noise[(y * WIDTH + x) as usize] / 24;
        let shade = u8::try_from((x / 8 + y / 6) % 200).unwrap_or(0);
        Rgb([shade.saturating_add(grain), shade / 2 + grain, 90 + grain])
    });
    let mut bytes = Vec::with_capacity(320_000);
    JpegEncoder::new_with_quality(&mut bytes, 80).encode(
        image.as_raw(),
        WIDTH,
        HEIGHT,
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}
