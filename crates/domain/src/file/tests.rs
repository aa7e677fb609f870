use super::*;

#[test]
fn each_kind_has_its_rule_and_each_type_its_endings() {
    for kind in FileKind::ALL {
        assert_eq!(kind.rule().kind, *kind);
    }
    let mut seen = std::collections::HashSet::new();
    for ending in MediaType::ALL.iter().flat_map(|it| it.endings()) {
        assert!(seen.insert(ending), "{ending} belongs to two types");
    }
    assert!(FileKind::Export.is_private() && !FileKind::Photo.is_private());
}

#[test]
fn sizes_types_and_names_are_held_against_the_rule() {
    let photo = FileKind::Photo.rule();
    assert_eq!(photo.check_size(0), Err(FileError::Empty));
    assert_eq!(photo.check_size(20 * MB), Ok(()));
    let large = photo.check_size(20 * MB + 1).unwrap_err();
    assert!(large.to_string().contains("21 MB") && large.to_string().contains("最大 20 MB"), "{large}");
    assert_eq!(FileKind::Attachment.rule().check_size(20 * MB + 1), Ok(()));
    assert!(photo.check_type(Pdf).unwrap_err().to_string().contains("jpg、png、webp"));
    for (name, kind, agrees) in [
        ("走访.JPG", Jpeg, true),
        ("走访.jpeg", Jpeg, true),
        ("走访.png", Jpeg, false),
        ("走访", Jpeg, false),
        ("走访.jpg.exe", Jpeg, false),
        ("报告.docx", Docx, true),
        ("报告.docm", Docx, false),
        ("表.xls", Xlsx, false),
    ] {
        assert_eq!(check_name(name, kind).is_ok(), agrees, "{name}");
    }
}

#[test]
fn names_lose_folders_and_what_shows_nothing() {
    for (given, kept) in [
        ("a/b\\走访 1.jpg", "走访 1.jpg"),
        ("..\\..\\走访.jpg", "走访.jpg"),
        ("走\u{202e}gpj.exe", "走gpj.exe"),
        ("\u{feff} 走访\u{0}.jpg\n", "走访.jpg"),
        ("走访?:.jpg", "走访__.jpg"),
    ] {
        assert_eq!(clean_name(given).unwrap(), kept);
    }
    for bad in ["", "..", "a/", "\u{200b}", &"长".repeat(MAX_NAME + 1)] {
        assert_eq!(clean_name(bad), Err(FileError::Name(MAX_NAME)), "{bad}");
    }
}

#[test]
fn near_is_counted_in_bits() {
    assert_eq!(NearHash(0b1011).distance(NearHash(0b0010)), 2);
    assert_eq!(NearHash(0).distance(NearHash(u64::MAX)), 64);
    assert!(!NearHash(0).is_telling() && !NearHash(u64::MAX).is_telling());
    assert!(NearHash(0xff00_ff00).is_telling());
}
