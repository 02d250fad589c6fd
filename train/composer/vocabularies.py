"""Vocabularies for the slots of layouts. People, papers, streets, numbers and comments are invented."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in text.split("|"))


SURNAMES = _listed(
    """
    Nguyễn | Nguyễn | Nguyễn | Trần | Trần | Lê | Lê | Phạm | Phạm | Hoàng | Huỳnh | Vũ | Võ | Phan | Trương | Bùi |
    Đặng | Đỗ | Ngô | Hồ | Dương | Đinh | Đoàn | Lâm | Mai | Trịnh | Đào | Cao | Lý | Hà | Lương | Tạ | Thái | Tô |
    Quách | Chu | Nông | Lò | Vi | Giàng
    """
)
MIDDLES = _listed(
    """
    Văn | Thị | Minh | Thanh | Ngọc | Hữu | Đức | Quang | Xuân | Thu | Hồng | Kim | Anh | Bảo | Gia | Khánh | Tuấn |
    Quốc | Công | Đình | Thế | Hải | Phương | Thùy | Mỹ | Diệu | Trọng | Viết | Duy | Nhật
    """
)
GIVENS = _listed(
    """
    An | Anh | Bắc | Bình | Châu | Chi | Cường | Dũng | Duyên | Dương | Đạt | Giang | Hà | Hải | Hằng | Hạnh | Hiền
    | Hiếu | Hoa | Hòa | Hùng | Hương | Khánh | Khoa | Lan | Liên | Linh | Loan | Long | Mai | Minh | My | Nam | Nga
    | Nghĩa | Ngọc | Nhung | Oanh | Phong | Phúc | Phương | Quân | Quyên | Sơn | Tâm | Thảo | Thắng | Thủy | Tiến |
    Toàn | Trang | Trung | Tú | Tuấn | Tùng | Vân | Việt | Vinh | Yến
    """
)

PENS = _listed(
    """
    PV | P.V | CTV | T.H | N.Minh | H.Anh | B.T | Q.Hà | L.V.Đ | TH | PVTT | Nhóm PV | Vy Lam | Hạ Thu | Sông Thao |
    Mây Trắng | Bảo Trâm | An Khê | T.Nhung - H.Sơn | BTV
    """
)
AGENCIES = _listed(
    """
    TTXVN | Reuters | AFP | AP | Xinhua | Getty Images | EPA | Kyodo | Yonhap | TASS | Bloomberg | CNN | BBC | TTXVN
    phát | NVCC | Internet | VGP | CACC | TL | CTV | Tư liệu | IT | Chinhphu.vn | BTC | MXH | Cổng TTĐT Chính phủ
    """
)
ROLES = _listed(
    """
    Biên tập viên | Phóng viên | Phóng viên thường trú | Luật sư | Chuyên gia kinh tế | Nhà báo | Cây bút bình luận
    | Giảng viên đại học | Bác sĩ chuyên khoa II | Cộng tác viên | Nhà nghiên cứu văn hóa | Tiến sĩ, chuyên gia giáo
    dục | Thư ký tòa soạn | Kỹ sư phần mềm | Nhân viên kinh doanh | Kế toán tổng hợp | Trưởng ban Bạn đọc | Bình
    luận viên bóng đá
    """
)

PROVINCES = _listed(
    """
    An Giang | Bắc Giang | Bắc Ninh | Bình Dương | Bình Định | Cà Mau | Cao Bằng | Cần Thơ | Đà Nẵng | Đắk Lắk |
    Điện Biên | Đồng Nai | Đồng Tháp | Gia Lai | Hà Giang | Hà Nội | Hà Tĩnh | Hải Phòng | Hòa Bình | Huế | Hưng Yên
    | Khánh Hòa | Lai Châu | Lạng Sơn | Lào Cai | Lâm Đồng | Nam Định | Nghệ An | Ninh Bình | Phú Thọ | Quảng Bình |
    Quảng Nam | Quảng Ngãi | Quảng Ninh | Quảng Trị | Sóc Trăng | Sơn La | Tây Ninh | Thái Nguyên | Thanh Hóa | TP
    HCM | TP.HCM | Tuyên Quang | Vĩnh Long | Yên Bái
    """
)
SECTIONS = _listed(
    """
    Thời sự | Chính trị | Xã hội | Thế giới | Quốc tế | Kinh tế | Kinh doanh | Tài chính | Chứng khoán | Bất động
    sản | Pháp luật | An ninh trật tự | Quốc phòng | Giáo dục | Sức khỏe | Y tế | Đời sống | Văn hóa | Giải trí |
    Thể thao | Bóng đá quốc tế | Công nghệ | Khoa học | Xe | Du lịch | Giới trẻ | Bạn đọc | Môi trường | Giao thông
    | Lao động - Việc làm | Dân tộc - Tôn giáo | Nhịp sống trẻ | Góc nhìn | Phóng sự | Biên giới - Biển đảo | Chuyển
    đổi số | Nông nghiệp | Đối ngoại | Phân tích | Hồ sơ | Vụ án | Dân sinh | Làm đẹp | Gia đình | Ẩm thực | Doanh
    nghiệp | Tuyển sinh | Thị trường | Bình luận | Tiêu dùng
    """
)

PAPERS = _listed(
    """
    Báo Làng Sen Mới | Tân Phong | Nhịp Cầu | Bình Minh Online | Báo Sao Khuê | Thời Mới | Đất Việt Xanh | Việt Bắc
    Ngày Nay | Biên Cương | Tin Sáng 247 | Sông Hồng News | Báo Kinh tế Sóng Xanh | Tạp chí Người Xây | Ánh Dương |
    Báo Phù Sa | Thành Phố Trẻ | Hải Đăng | Cửa Biển | Báo Trường Giang | Vinh Quang Thể Thao | Tạp chí Mây | Lúa
    Vàng | Đời Sống Mới | Kênh Sao Mai | Công Lý Việt | Báo Tây Đô Xanh | Cột Mốc | Mùa Vàng | VietSun | NewsHub
    Việt | Báo Hồng Lam | Tạp chí Sức Khỏe Xanh | Y Đức | Góc Phố | Bóng Tròn | Ngày Nay Plus | Vạn Xuân | Tiếng Quê
    | Báo Non Nước | Diễn Đàn Sáng
    """
)
STREETS = _listed(
    """
    Hoa Ban | Bến Lở | Lạc Viên | Đồng Nhân Hạ | Phố Mới | Tân Lập | Thanh Liệt Thượng | Suối Ngọc | Bãi Sậy Tây |
    Hòa Khánh Nội | Cầu Ván | Ngã Ba Gạo | Hàng Nón Cũ | Vạn Phước | Đê Quai Hạ | An Thới Tây | Kênh Tân Hiệp | Lũng
    Cú Nam
    """
)
CITIES = _listed(
    """
    Hà Nội | TP.HCM | TP Hồ Chí Minh | Đà Nẵng | Hải Phòng | Cần Thơ | Huế | Vinh | Nha Trang | Lào Cai | Lạng Sơn |
    Pleiku | Hà Giang
    """
)

NICKS = _listed(
    """
    meo_con_92 | nguoiqua_duong | Bạn đọc cũ | Hai Lúa | ThanhPhong88 | Ngọc Trinh Hà | hoang.minh.t | Cô giáo làng
    | vuivẻ | K.Linh | Dân Thủ Thiêm | tran van x | Một công dân | Nhà quê | longlanh | binhtam2020 | Anh Ba Sài Gòn
    | Ẩn danh | mt***@gmail.com | Quang Nguyen | LE THU | Người xa xứ | khoai_lang | Mẹ Bống | user_30518
    """
)
OPENINGS = _listed(
    """
    Đọc mà thấy xót quá | Hoàn toàn đồng ý với tác giả | Tôi nghĩ khác | Chuyện này nói mãi rồi | Quá đúng | Bài
    viết hay | Sao lại để xảy ra như vậy nhỉ | Chỗ tôi cũng thế | Cảm ơn các anh | Thật đáng khâm phục | Cần làm
    mạnh tay hơn | Mình ở gần đó nè | Hóng kết quả | Vậy là sao | Chúc mừng | Buồn cho các cháu | Ủng hộ | Nói thì
    dễ
    """
)
COMMENTS = _listed(
    """
    mong cơ quan chức năng sớm vào cuộc làm rõ | nhà tôi ở đó mười năm nay mà chưa thấy ai sửa | năm nào cũng vậy,
    mưa một trận là ngập | giá cả thế này thì công nhân chúng tôi sống sao nổi | phạt thật nặng thì mới răn đe được
    | các em giữ gìn sức khỏe nhé | tôi đi làm qua đoạn này mỗi ngày, sợ lắm | báo nên viết thêm về hướng giải quyết
    | thế hệ trẻ bây giờ giỏi thật | cứ đà này thì đến bao giờ mới xong | trọng tài hôm nay bắt hơi gắt | ngày xưa
    chúng tôi khổ hơn nhiều mà vẫn vui | đề nghị công khai danh sách cho dân biết | mình thấy làm online tiện hơn
    hẳn | cho hỏi thủ tục này nộp ở đâu ạ | tiền thuế của dân cả đấy | đâu phải ai cũng có điều kiện như vậy | hy
    vọng gia đình sớm vượt qua | tôi từng gặp đúng trường hợp này rồi, phải kiên nhẫn thôi | xem mà nổi da gà | phải
    có quy hoạch đàng hoàng chứ không thể làm kiểu chắp vá
    """
)
ENDINGS = (".", "!", "...", "!!!", " ạ.", " :)", "", " (y)")

TAGS = _listed(
    """
    giá xăng | thời tiết | bão số 5 | tuyển sinh | lừa đảo trực tuyến | biên giới | bộ đội biên phòng | ma túy |
    ASEAN | World Cup | V-League | vàng SJC | bất động sản | chuyển đổi số | tai nạn giao thông | Quốc hội | sáp
    nhập tỉnh | metro | cao tốc Bắc Nam | học phí | bảo hiểm xã hội | trí tuệ nhân tạo | giá vàng hôm nay | an toàn
    thực phẩm | du lịch hè | iPhone | xe điện | phòng cháy chữa cháy | sức khỏe tim mạch | Biển Đông | căn cước công
    dân | lương tối thiểu | nghĩa vụ quân sự | Tết Nguyên đán | showbiz Việt | hàng giả | thuế hộ kinh doanh
    """
)
TEAMS = _listed(
    """
    Hà Nội FC | Nam Định | Viettel | HAGL | SLNA | Bình Dương | Thanh Hóa | Man City | Liverpool | Arsenal | Chelsea
    | MU | Real Madrid | Barcelona | Bayern | PSG | Juventus | Việt Nam | Thái Lan | Indonesia | Malaysia |
    Argentina
    """
)
STOCKS = _listed("VAB | KLX | HTN | SGM | DPT | MVC | BNT | TQS | PLD | NHG | VCX | GKD | ABT | QTC | LMS")
WEEKDAYS = _listed("Thứ hai | Thứ ba | Thứ tư | Thứ năm | Thứ sáu | Thứ bảy | Chủ nhật")
