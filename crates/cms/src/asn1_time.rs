//! UTCTime and GeneralizedTime (X.680 §46, §47) in the forms DER and RFC 5280 §4.1.2.5 allow.

use ::time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::tlv;

/// `Time` of RFC 5652 §11.3: UTCTime from 1950 to 2049, GeneralizedTime outside.
pub(crate) fn time_der(unix: i64) -> Vec<u8> {
    let moment = moment(unix);
    if (1950..2050).contains(&moment.year()) {
        let text = format!("{:02}{}", moment.year() % 100, month_to_second(moment));
        tlv::element(tlv::UTC_TIME, text.as_bytes())
    } else {
        generalized_time_der(unix)
    }
}

/// GeneralizedTime in whole seconds (RFC 3161 §2.4.2).
pub(crate) fn generalized_time_der(unix: i64) -> Vec<u8> {
    let moment = moment(unix);
    let text = format!("{:04}{}", moment.year(), month_to_second(moment));
    tlv::element(tlv::GENERALIZED_TIME, text.as_bytes())
}

/// Reads `Time` of RFC 5652 §11.3, in whole seconds.
pub(crate) fn read_time(tag: u8, text: &[u8]) -> Option<i64> {
    match tag {
        tlv::UTC_TIME => {
            let year = number(text.get(..2)?)?;
            let century = if year < 50 { 2000 } else { 1900 };
            read_from_month(century + i32::from(year), text.get(2..)?)
        }
        tlv::GENERALIZED_TIME => {
            let (year, rest) = read_year(text)?;
            read_from_month(year, rest)
        }
        _ => None,
    }
}

/// Reads the genTime of a time-stamp, which may have a fraction (RFC 3161 §2.4.2: without trailing
/// zeros). A fraction counts as the whole second: what is proven may be late, never early.
pub(crate) fn read_gen_time(text: &[u8]) -> Option<i64> {
    let (year, rest) = read_year(text)?;
    let Some(dot) = rest.iter().position(|octet| *octet == b'.') else {
        return read_from_month(year, rest);
    };
    let (whole, fraction) = rest.split_at(dot);
    let digits = fraction.strip_prefix(b".")?.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) || digits.last().is_none_or(|last| *last == b'0') {
        return None;
    }
    read_from_month(year, &[whole, b"Z"].concat())?.checked_add(1)
}

fn read_year(text: &[u8]) -> Option<(i32, &[u8])> {
    let (century, rest) = text.split_at_checked(2)?;
    let (year, rest) = rest.split_at_checked(2)?;
    Some((i32::from(number(century)?) * 100 + i32::from(number(year)?), rest))
}

/// `MMDDHHMMSSZ`, nothing else.
fn read_from_month(year: i32, text: &[u8]) -> Option<i64> {
    if text.len() != 11 || text[10] != b'Z' {
        return None;
    }
    let field = |index: usize| number(&text[index * 2..index * 2 + 2]);
    let date = Date::from_calendar_date(year, Month::try_from(field(0)?).ok()?, field(1)?).ok()?;
    let time = Time::from_hms(field(2)?, field(3)?, field(4)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp())
}

fn number(digits: &[u8]) -> Option<u8> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

fn moment(unix: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix.clamp(0, YEAR_9999))
        .expect("clamped to years the calendar knows")
        .to_offset(UtcOffset::UTC)
}

fn month_to_second(moment: OffsetDateTime) -> String {
    let (hour, minute, second) = moment.to_hms();
    let month = u8::from(moment.month());
    format!("{month:02}{:02}{hour:02}{minute:02}{second:02}Z", moment.day())
}

const YEAR_9999: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_return_to_the_same_second() {
        for unix in [0, 1_795_317_120, 2_524_607_999, 2_524_608_000, YEAR_9999] {
            let der = time_der(unix);
            assert_eq!(read_time(der[0], &der[2..]), Some(unix));
            assert_eq!(read_gen_time(&generalized_time_der(unix)[2..]), Some(unix));
        }
        assert_eq!(time_der(1_795_317_120)[0], tlv::UTC_TIME);
        assert_eq!(time_der(2_524_608_000)[0], tlv::GENERALIZED_TIME);
    }

    #[test]
    fn only_the_one_form_is_read() {
        for wrong in
            ["2611220312Z", "261122031200", "261322031200Z", "261122031200+0000", "2611220312.5Z"]
        {
            assert_eq!(read_time(tlv::UTC_TIME, wrong.as_bytes()), None, "{wrong}");
        }
        for wrong in
            ["20261122031200.Z", "20261122031200.50Z", "20261122031200,5Z", "20261122031200.5"]
        {
            assert_eq!(read_gen_time(wrong.as_bytes()), None, "{wrong}");
        }
        let whole = read_gen_time(b"20261122031200Z").unwrap();
        assert_eq!(read_gen_time(b"20261122031200.5Z"), Some(whole + 1));
    }
}
