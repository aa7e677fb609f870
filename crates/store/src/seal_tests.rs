use super::*;
use aes_gcm::aead::Aead;
use sm3::Digest;
use sm4::cipher::BlockCipherEncrypt;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn sm4_gcm_gives_the_vector_of_rfc_8998_a_1() {
    let key = bytes("0123456789ABCDEFFEDCBA9876543210");
    let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().unwrap();
    let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
    let plain = bytes(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
    );
    let expected = bytes(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC",
    );
    let payload = aes_gcm::aead::Payload { msg: &plain, aad: &aad };
    let sealed = Gcm::new_from_slice(&key).unwrap().encrypt(&nonce.into(), payload).unwrap();
    assert_eq!(sealed, expected);
}

#[test]
fn sm3_and_sm4_give_the_vectors_of_their_standards() {
    assert_eq!(
        Sm3::digest(b"abc").as_slice(),
        bytes("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    );
    assert_eq!(
        Sm3::digest(b"abcd".repeat(16)).as_slice(),
        bytes("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
    );
    let key = bytes("0123456789abcdeffedcba9876543210");
    let cipher = <Sm4 as sm4::cipher::KeyInit>::new_from_slice(&key).unwrap();
    let mut block: [u8; 16] = key.try_into().unwrap();
    cipher.encrypt_block((&mut block).into());
    assert_eq!(block.as_slice(), bytes("681edf34d206965e86b3e94f536e4246"));
}

fn sealer() -> Sealer {
    Sealer::new(&MasterKey::new([7; 32]))
}

fn place() -> Place {
    Place {
        county: "500240".parse().unwrap(),
        table: "person",
        row: Uuid::from_u128(1),
        field: "phone_sealed",
    }
}

#[test]
fn a_sealed_text_opens_in_its_place_only() {
    let sealer = sealer();
    for text in ["", "20012345678", "石柱县黄水镇🏠", &"长".repeat(5_000)] {
        let sealed = sealer.seal(place(), text);
        assert!(sealed.starts_with("v1.") && (text.is_empty() || !sealed.contains(text)));
        assert_eq!(sealer.open_text(place(), &sealed).unwrap(), text);
        assert_eq!(sealer.seal(place(), text), sealed);
        for other in [
            Place { county: "500101".parse().unwrap(), ..place() },
            Place { table: "candidate", ..place() },
            Place { row: Uuid::from_u128(2), ..place() },
            Place { field: "address_sealed", ..place() },
        ] {
            assert!(sealer.open_text(other, &sealed).is_err());
            assert_ne!(sealer.seal(other, text), sealed);
        }
        let another = Sealer::new(&MasterKey::new([8; 32]));
        assert!(another.open_text(place(), &sealed).is_err());
    }
}

#[test]
fn what_is_sealed_under_an_own_key_opens_with_that_key_alone() {
    let sealer = sealer();
    let key_place = Place { field: "key", ..place() };
    let key = sealer.new_key(key_place, [1; 16]);
    let sealed = sealer.seal_own(&key, place(), "20012345678");
    assert!(sealed.starts_with("p1.") && sealed != sealer.seal(place(), "20012345678"));
    let again = sealer.unwrap_key(key_place, key.wrapped()).unwrap();
    assert_eq!(sealer.open_own(Some(&again), place(), &sealed).unwrap(), "20012345678");
    assert_eq!(sealer.seal_own(&again, place(), "20012345678"), sealed);
    // The key destroyed, the key of another, another row, the deployment's key alone.
    assert!(sealer.open_own(None, place(), &sealed).is_err());
    let other = sealer.new_key(key_place, [2; 16]);
    assert!(sealer.open_own(Some(&other), place(), &sealed).is_err());
    let elsewhere = Place { row: Uuid::from_u128(2), ..place() };
    assert!(sealer.open_own(Some(&key), elsewhere, &sealed).is_err());
    assert!(sealer.unwrap_key(Place { field: "key", ..elsewhere }, key.wrapped()).is_err());
    assert!(sealer.open_text(place(), &sealed).is_err());
    // What was sealed before the row had a key.
    let older = sealer.seal(place(), "20012345678");
    assert_eq!(sealer.open_own(Some(&key), place(), &older).unwrap(), "20012345678");
    assert_eq!(sealer.open_own(None, place(), &older).unwrap(), "20012345678");
    assert_eq!(format!("{key:?}"), "OwnKey(…)");
}

#[test]
fn damaged_texts_do_not_open_and_the_error_tells_no_value() {
    let sealer = sealer();
    let sealed = sealer.seal(place(), "20012345678");
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone().into_bytes();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        let error = sealer.open_text(place(), &damaged).unwrap_err().to_string();
        assert!(error.contains("person.phone_sealed") && !error.contains(&damaged));
    }
    assert!(sealer.open_text(place(), "v1.").is_err());
    assert!(sealer.open_text(place(), "").is_err());
}

#[test]
fn indexes_find_the_same_value_and_no_other() {
    let sealer = sealer();
    let number = CitizenId::parse("11010519491231002X").unwrap().0;
    assert_eq!(sealer.citizen_index(&number), sealer.citizen_index(&number));
    assert_eq!(sealer.citizen_index(&number).len(), 22);
    let account = BankAccount::new("11010519491231002X").unwrap();
    assert_ne!(sealer.citizen_index(&number), sealer.account_index(&account));
    let (here, there) = ("500240".parse().unwrap(), "500101".parse().unwrap());
    assert_eq!(sealer.last4_index(here, "002x"), sealer.last4_index(here, "002X"));
    assert_ne!(sealer.last4_index(here, "002X"), sealer.last4_index(there, "002X"));
    assert_ne!(sealer.check_value(), Sealer::new(&MasterKey::new([8; 32])).check_value());
    assert_eq!(format!("{sealer:?}"), "Sealer(…)");
}

#[test]
fn no_two_columns_share_the_short_hash_of_the_nonce() {
    let places = crate::tables::TABLES.iter().flat_map(|table| {
        table.text.iter().map(|field| Place { table: table.name, field, ..place() }.head())
    });
    let all: Vec<_> = places.collect();
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}
