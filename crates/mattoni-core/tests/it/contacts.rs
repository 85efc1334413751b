//! Addresses, telephones and languages as people write them.

use mattoni_core::{Channel, Contacts, EmailAddress, Language, PhoneNumber, PostalAddress};

fn email(text: &str) -> bool {
    text.parse::<EmailAddress>().is_ok()
}

fn phone(text: &str) -> Option<String> {
    text.parse::<PhoneNumber>().ok().map(|phone| phone.to_string())
}

#[test]
fn an_e_mail_address_is_one_that_servers_take() {
    for good in [
        "maria@example.it",
        " maria.rossi+nido@posta.comune.matelica.mc.it ",
        "o'brien@example.museum",
        "1@xn--caf-dma.it",
    ] {
        assert!(email(good), "{good}");
    }
    let long = format!("{}@example.it", "a".repeat(65));
    for bad in [
        "",
        "maria",
        "maria@",
        "@example.it",
        "maria@example",
        "maria@@example.it",
        "maria rossi@example.it",
        "maria..rossi@example.it",
        ".maria@example.it",
        "maria@-example.it",
        "maria@example-.it",
        "maria@example..it",
        "maria@127.0.0.1",
        "perché@example.it",
        "maria@example.it, luca@example.it",
        &long,
    ] {
        assert!(!email(bad), "{bad}");
    }
}

#[test]
fn a_telephone_number_is_held_in_the_international_form() {
    for (written, held) in [
        ("0737 123456", "+390737123456"),
        ("+39 (0737) 12-34-56", "+390737123456"),
        ("333.1234567", "+393331234567"),
        ("0041 91 814 11 11", "+41918141111"),
        ("+386 1 478 84 00", "+38614788400"),
    ] {
        assert_eq!(phone(written).as_deref(), Some(held), "{written}");
    }
    for bad in ["", "118", "1234567", "+0 123 456 789", "+39 0737 12345678901", "0737 abc", "+"] {
        assert_eq!(phone(bad), None, "{bad}");
    }
}

#[test]
fn a_language_is_two_letters() {
    assert_eq!("DE".parse::<Language>().unwrap().as_str(), "de");
    assert_eq!("it".parse::<Language>().unwrap(), Language::ITALIAN);
    for bad in ["", "i", "ita", "1t", "it-IT", "ìt"] {
        assert!(bad.parse::<Language>().is_err(), "{bad}");
    }
}

#[test]
fn a_chosen_channel_needs_its_address() {
    for (channel, field) in [
        (Channel::Email, "email"),
        (Channel::Pec, "pec"),
        (Channel::Sms, "phone"),
        (Channel::Post, "address"),
    ] {
        let contacts = Contacts { channel: Some(channel), ..Contacts::default() };
        let problems = contacts.check().unwrap_err().into_vec();
        assert_eq!((problems.len(), problems[0].field.as_str()), (1, field));
    }
    for channel in [Channel::AppIo, Channel::Portal] {
        let contacts = Contacts { channel: Some(channel), ..Contacts::default() };
        assert!(contacts.check().is_ok());
    }
}

#[test]
fn a_postcode_has_five_digits_in_italy_and_its_own_form_elsewhere() {
    let at = |postcode: &str, country: Option<&str>| {
        let mut address = PostalAddress::italian("via Roma 1", postcode, "Matelica");
        address.country = country.map(str::to_owned);
        let contacts = Contacts { address: Some(address), ..Contacts::default() };
        contacts.check().is_ok()
    };
    assert!(at("62024", None) && at("62024", Some("IT")) && at("A-6020", Some("AT")));
    assert!(!at("6202", None) && !at("6202O", None) && !at("", Some("AT")) && !at("1", Some("at")));
}

#[test]
fn what_is_not_given_is_not_written() {
    assert_eq!(serde_json::to_string(&Contacts::default()).unwrap(), "{}");
    let wrong = r#"{"email":"maria"}"#;
    assert!(serde_json::from_str::<Contacts>(wrong).is_err());
}
