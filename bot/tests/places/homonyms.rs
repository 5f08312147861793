//! Names that collide, and the words that tell them apart.

use super::{places, told};

fn check(cases: &[(&str, &str)]) {
    let places = places();
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, wanted)| (text, wanted, told(&places.find(text))))
        .filter(|(_, wanted, found)| found != *wanted)
        .map(|(text, wanted, found)| format!("{text}\n  wanted {wanted}\n  found  {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pairs_that_differ_by_marks_only() {
    check(&[
        ("xã Nậm Cắn", "mới Xã Nậm Cắn"),
        ("xã Nậm Càn", "cũ Xã Nậm Càn, Huyện Kỳ Sơn"),
        ("nam can", "mới Xã Nậm Cắn | cũ Xã Nậm Càn, Huyện Kỳ Sơn"),
        ("xa nam can cu", "cũ Xã Nậm Cắn, Huyện Kỳ Sơn | cũ Xã Nậm Càn, Huyện Kỳ Sơn"),
        ("ở Châu Bình", "mới Xã Châu Bình"),
        ("ở Châu Bính", "cũ Xã Châu Bính, Huyện Quỳ Châu"),
        ("xa chau binh quy chau", "mới Xã Châu Bình | cũ Xã Châu Bính, Huyện Quỳ Châu"),
        ("Nghi Vạn", "cũ Xã Nghi Vạn, Huyện Nghi Lộc"),
        ("Nghi Văn", "cũ Xã Nghi Văn, Huyện Nghi Lộc"),
        ("xa nghi van sap nhap vo mo", "cũ Xã Nghi Văn, Huyện Nghi Lộc | cũ Xã Nghi Vạn, Huyện Nghi Lộc"),
        ("xã Đồng Thành", "cũ Xã Đồng Thành, Huyện Yên Thành"),
        ("xã nam thanh", "cũ Xã Nam Thanh, Huyện Nam Đàn"),
        ("xa nam thanh", "cũ Xã Nam Thành, Huyện Yên Thành | cũ Xã Nam Thanh, Huyện Nam Đàn"),
        ("xa nam thanh nam dan", "cũ Xã Nam Thanh, Huyện Nam Đàn"),
    ]);
}

#[test]
fn the_two_dong_thanh() {
    check(&[
        ("xã Đông Thành", "mới Xã Đông Thành | cũ Xã Đông Thành, Huyện Yên Thành"),
        ("Đông Thành cũ", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("xã Đông Thành mới", "mới Xã Đông Thành"),
        ("xã Đông Thành sau sáp nhập", "mới Xã Đông Thành"),
        ("xã Đông Thành sáp nhập vô mô", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("trước đây ở Đông Thành thì chừ làm mô", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("Đông Thành, Yên Thành", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("yên thành đông thành", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("dong thanh yen thanh", "cũ Xã Đồng Thành, Huyện Yên Thành | cũ Xã Đông Thành, Huyện Yên Thành"),
    ]);
}

#[test]
fn district_and_kind_decide() {
    check(&[
        ("xã Đồng Văn", "cũ Xã Đồng Văn, Huyện Quế Phong | cũ Xã Đồng Văn, Huyện Tân Kỳ | cũ Xã Đồng Văn, Huyện Thanh Chương"),
        ("Đồng Văn huyện Tân Kỳ", "cũ Xã Đồng Văn, Huyện Tân Kỳ"),
        ("dong van thuoc que phong", "cũ Xã Đồng Văn, Huyện Quế Phong"),
        ("phường Quang Phong", "cũ Phường Quang Phong, Thị xã Thái Hòa"),
        ("xa quang phong", "cũ Xã Quang Phong, Huyện Quế Phong"),
        ("Châu Tiến", "mới Xã Châu Tiến | cũ Xã Châu Tiến, Huyện Quỳ Hợp"),
        ("xã Châu Tiến, huyện Quỳ Châu", "mới Xã Châu Tiến"),
        ("chau tien quy hop", "cũ Xã Châu Tiến, Huyện Quỳ Hợp"),
        ("Kỳ Sơn", "cũ Xã Kỳ Sơn, Huyện Tân Kỳ | Huyện Kỳ Sơn"),
        ("xã Kỳ Sơn", "cũ Xã Kỳ Sơn, Huyện Tân Kỳ"),
        ("huyen ky son", "Huyện Kỳ Sơn"),
        ("thị trấn Nam Đàn", "cũ Thị trấn Nam Đàn, Huyện Nam Đàn"),
        ("xã Nam Đàn", "mới Xã Nam Đàn"),
        ("x.diễn yên h.diễn châu", "cũ Xã Diễn Yên, Huyện Diễn Châu"),
        ("tt cầu giát", "cũ Thị trấn Cầu Giát, Huyện Quỳnh Lưu"),
        ("TT. Dùng, Thanh Chương", "cũ Thị trấn Dùng, Huyện Thanh Chương"),
        ("Nghi Phong, Nghi Lộc", "cũ Xã Nghi Phong, Thành phố Vinh"),
        ("xã Giang Sơn cũ", "mới Xã Bạch Ngọc"),
    ]);
}

#[test]
fn districts_and_towns_of_before() {
    check(&[
        ("TP Vinh cũ", "Thành phố Vinh"),
        ("tui mới vô Vinh thuê trọ", "Thành phố Vinh"),
        ("Quỳnh Lưu", "Huyện Quỳnh Lưu"),
        ("xã Quỳnh Lưu", "mới Xã Quỳnh Lưu"),
        ("nghĩa đàn", "Huyện Nghĩa Đàn"),
        ("thị xã Cửa Lò", "Thị xã Cửa Lò"),
        ("ở Cửa Lò", "mới Phường Cửa Lò"),
        ("phường Cửa Lò", "mới Phường Cửa Lò"),
        ("Hoàng Mai", "Thị xã Hoàng Mai"),
        ("thi xa thai hoa", "Thị xã Thái Hòa"),
        ("tương dương", "Huyện Tương Dương"),
    ]);
}

#[test]
fn former_units_and_their_successors_of_one_name() {
    check(&[
        ("làm khai sinh ở nghi phú cũ", "cũ Phường Nghi Phú, Thành phố Vinh"),
        ("phuong hung dung", "cũ Phường Hưng Dũng, Thành phố Vinh"),
        ("p. Vinh Tân", "cũ Phường Vinh Tân, Thành phố Vinh"),
        ("xã Thông Thụ", "mới Xã Thông Thụ"),
        ("xã Thông Thụ cũ", "cũ Xã Thông Thụ, Huyện Quế Phong"),
        ("mĩ lí", "mới Xã Mỹ Lý"),
    ]);
}

#[test]
fn slips_of_the_finger_and_of_the_blank() {
    check(&[
        ("dùng thanh chương", "cũ Thị trấn Dùng, Huyện Thanh Chương"),
        ("nghiphu", "cũ Phường Nghi Phú, Thành phố Vinh"),
        ("quynh luuu", "Huyện Quỳnh Lưu"),
        ("xã nghi phuu", "cũ Phường Nghi Phú, Thành phố Vinh"),
        ("toi o phuong hugn dung", "cũ Phường Hưng Dũng, Thành phố Vinh"),
        ("o xa dien th inh", "cũ Xã Diễn Thịnh, Huyện Diễn Châu"),
        ("xã Diển Thịnh", "cũ Xã Diễn Thịnh, Huyện Diễn Châu"),
    ]);
}

#[test]
fn as_people_write_addresses() {
    check(&[
        ("P.Hưng Dũng, TP.Vinh, Nghệ An", "cũ Phường Hưng Dũng, Thành phố Vinh"),
        ("p hung dung tp vinh", "cũ Phường Hưng Dũng, Thành phố Vinh"),
        ("cua nam, vinh", "cũ Phường Cửa Nam, Thành phố Vinh"),
        ("nhà tui ở xóm 5 xã diễn yên", "cũ Xã Diễn Yên, Huyện Diễn Châu"),
        ("thôn 3 quỳnh văn", "mới Xã Quỳnh Văn"),
        ("Nghi Phú (cũ)", "cũ Phường Nghi Phú, Thành phố Vinh"),
        ("xã cũ Đông Thành", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("Đông Thành (Yên Thành)", "cũ Xã Đông Thành, Huyện Yên Thành"),
        ("Nghi Hương, thị xã Cửa Lò", "cũ Phường Nghi Hương, Thành phố Vinh"),
        ("xã Tân Sơn - huyện Đô Lương", "cũ Xã Tân Sơn, Huyện Đô Lương"),
        ("xã Thọ Thành nhập vào xã Đông Thành rồi à", "cũ Xã Thọ Thành, Huyện Yên Thành"),
        ("phường Vinh Phú, tỉnh Nghệ An", "mới Phường Vinh Phú"),
        ("xã Trung Phúc Cường", "cũ Xã Trung Phúc Cường, Huyện Nam Đàn"),
        ("XÃ NGHI VẠN", "cũ Xã Nghi Vạn, Huyện Nghi Lộc"),
        ("Bến Thuỷ", "cũ Phường Bến Thủy, Thành phố Vinh"),
        ("ở Anh Sơn", "Huyện Anh Sơn"),
        ("tui người Yên Thành, chừ làm hộ chiếu ở mô", "Huyện Yên Thành"),
    ]);
}

#[test]
fn people_streets_and_communes_of_elsewhere_are_no_places() {
    check(&[
        ("tôi tên là Nguyễn Minh Châu", ""),
        ("ten toi la nguyen thi kim lien can lam the", ""),
        ("nhà em ở đường Lê Lợi cần làm sổ hộ nghèo", ""),
        ("xã Quỳnh Thuận", ""),
        ("quê ở tỉnh Lạng Sơn muốn nhập khẩu về đây", ""),
        ("ma so thue bi khoa muon khoi phuc lai thi lam sao", ""),
        ("anh sơn ơi cho em hỏi thủ tục làm thẻ căn cước với", ""),
    ]);
}

#[test]
fn a_mention_tells_where_it_stands() {
    let places = places();
    let text = "làm khai sinh cho con ở xã Đông Thành, huyện Yên Thành thì cần chi";
    let mention = places.mention(text).expect("a place");
    assert_eq!(mention.spans.iter().map(|span| &text[span.clone()]).collect::<Vec<_>>(), ["xã Đông Thành", "huyện Yên Thành"]);
    assert_eq!(
        mention.taken_out("làm khai sinh cho con ở xã Đông Thành, huyện Yên Thành thì cần chi"),
        "làm khai sinh cho con ở , thì cần chi"
    );
    let two = places.mentions("chuyển từ phường Hưng Dũng về xã Nghi Vạn");
    assert_eq!(
        two.iter().map(|mention| told(&mention.found)).collect::<Vec<_>>(),
        ["cũ Phường Hưng Dũng, Thành phố Vinh", "cũ Xã Nghi Vạn, Huyện Nghi Lộc"]
    );
}
