"""What customers of a crypto exchange write to its support, and what they are answered, in six languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """One matter: what it is called, the first message, the answer, a request for details, a follow-up."""

    subject: str
    first: str
    answer: str
    details: str
    follow_up: str


NAMES = {
    "en": ("Olivia Carter", "James Reid", "Grace Bennett", "Noah Clarke", "Amelia Wright", "Ethan Brooks"),
    "es": (
        "Lucía Herrera",
        "Mateo Vargas",
        "Valentina Rojas",
        "Diego Castillo",
        "Camila Ortega",
        "Javier Molina",
    ),
    "fr": (
        "Camille Laurent",
        "Hugo Moreau",
        "Léa Fontaine",
        "Louis Girard",
        "Manon Lefèvre",
        "Théo Marchand",
    ),
    "id": (
        "Siti Rahmawati",
        "Agus Setiawan",
        "Dewi Lestari",
        "Rizky Pratama",
        "Putri Wulandari",
        "Bayu Nugroho",
    ),
    "uk": (
        "Олена Коваленко",
        "Андрій Шевчук",
        "Марія Бондар",
        "Дмитро Ткаченко",
        "Ірина Мельник",
        "Тарас Кравець",
    ),
    "vi": (
        "Nguyễn Thu Hà",
        "Trần Minh Đức",
        "Lê Thị Mai",
        "Phạm Quang Huy",
        "Hoàng Ngọc Anh",
        "Vũ Đức Thắng",
    ),
}

# What somebody writes who waits for an answer, first and later.
NUDGES = {
    "en": (
        "Is there any news on this? I'd be glad about a short answer.",
        "One more thing: I can be reached all day.",
    ),
    "es": (
        "¿Hay alguna novedad? Agradecería una respuesta breve.",
        "Una cosa más: estoy disponible todo el día.",
    ),
    "fr": (
        "Avez-vous des nouvelles ? Une courte réponse me suffirait.",
        "Encore une chose : je suis joignable toute la journée.",
    ),
    "id": (
        "Apakah sudah ada kabar? Jawaban singkat pun cukup.",
        "Satu hal lagi: saya bisa dihubungi sepanjang hari.",
    ),
    "uk": (
        "Чи є якісь новини? Вистачить і короткої відповіді.",
        "І ще одне: зі мною можна зв'язатися весь день.",
    ),
    "vi": (
        "Có tin gì mới chưa ạ? Chỉ cần trả lời ngắn cũng được.",
        "Thêm một điều: tôi có thể trả lời cả ngày.",
    ),
}

MATTERS = {
    "en": (
        Matter(
            "Deposit of {amount} {coin} has not arrived",
            "Hello, I sent {amount} {coin} from my own wallet. The explorer shows enough confirmations, but my balance "
            "hasn't changed.\n\nTransaction ID: {txid}",
            "Thank you for the transaction ID. We can see the deposit on the network and our wallet team is crediting "
            "it now. We'll tell you here as soon as it is in your balance.",
            "To find the deposit, please tell us which network you chose and the time you sent it.",
            "Thanks, I'll wait. It was sent on {network}, in case that helps.",
        ),
        Matter(
            "Withdrawal of {amount} {coin} is stuck on “Processing”",
            "My withdrawal of {amount} {coin} has been on “Processing” since yesterday. I need it to arrive this week. "
            "What is it waiting for?",
            "The withdrawal went through an additional security check, which is now finished. It will be sent with "
            "the next batch, within two hours.",
            "Please confirm the first and last six characters of the address you are withdrawing to.",
            "I can see it leave my account now. Thank you.",
        ),
        Matter(
            "Sign-in code isn't accepted on my new phone",
            "I changed phones and now the codes of my authenticator app are always refused. I still have the old phone "
            "for a few days.",
            "Please set the time on the new phone to automatic: codes depend on the exact time. If they are still "
            "refused, move the authenticator again from your old phone while you have it.",
            "Which authenticator app do you use, and on which system?",
            "Setting the time to automatic did it. What a small thing!",
        ),
        Matter(
            "Identity check refused my document twice",
            "I uploaded my passport twice and each time it was refused because it is “not readable”. The photo looks "
            "sharp to me.",
            "There is a reflection over the lower part of the page, where the two lines of code are. Please take the "
            "photo in daylight, without flash, with all four corners in the picture.",
            "Please tell us which document you used and the country that issued it.",
            "I took it again at the window and uploaded it a moment ago.",
        ),
        Matter(
            "Fee on my last {coin} trade looks too high",
            "I was charged more than I expected when I sold {amount} {coin}. I thought I was on the lower fee level "
            "since last month.",
            "Your level is counted at midnight UTC, and the trade was a few hours before the change. From now on the "
            "lower fee applies to every order.",
            "Which order do you mean? Please send its number and the date.",
            "That makes sense. Thank you for explaining it.",
        ),
    ),
    "es": (
        Matter(
            "No me llegó un depósito de {amount} {coin}",
            "Hola, envié {amount} {coin} desde mi billetera. El explorador muestra suficientes confirmaciones, pero mi "
            "saldo no cambió.\n\nID de la transacción: {txid}",
            "Gracias por el ID de la transacción. Vemos el depósito en la red y el equipo de billeteras lo está "
            "acreditando. Te avisaremos aquí en cuanto esté en tu saldo.",
            "Para encontrar el depósito, dinos qué red elegiste y a qué hora lo enviaste.",
            "Gracias, espero entonces. Lo envié por {network}, por si ayuda.",
        ),
        Matter(
            "Mi retiro de {amount} {coin} sigue en «Procesando»",
            "Mi retiro de {amount} {coin} lleva desde ayer en «Procesando». Lo necesito esta semana. ¿Qué falta?",
            "El retiro pasó por una revisión de seguridad adicional que ya terminó. Saldrá con el próximo envío, en "
            "menos de dos horas.",
            "Confírmanos los seis primeros y los seis últimos caracteres de la dirección de destino.",
            "Ya veo que salió de mi cuenta. Muchas gracias.",
        ),
        Matter(
            "No acepta el código en mi teléfono nuevo",
            "Cambié de teléfono y ahora siempre rechaza los códigos de la aplicación de autenticación. Tengo el "
            "anterior unos días más.",
            "Pon la hora del teléfono nuevo en automático: los códigos dependen de la hora exacta. Si los sigue "
            "rechazando, vuelve a pasar la aplicación desde el teléfono anterior mientras lo tengas.",
            "¿Qué aplicación de autenticación usas y en qué sistema?",
            "Era la hora. Con el ajuste automático ya funciona.",
        ),
        Matter(
            "Rechazaron dos veces mi documento",
            "Subí mi pasaporte dos veces y las dos lo rechazaron por «ilegible». Yo veo la foto nítida.",
            "Hay un reflejo en la parte inferior, sobre las dos líneas de código. Haz la foto con luz de día, sin "
            "flash y con las cuatro esquinas dentro.",
            "Dinos qué documento usaste y qué país lo emitió.",
            "La repetí junto a la ventana y la acabo de subir.",
        ),
        Matter(
            "La comisión de mi última operación con {coin} parece alta",
            "Me cobraron más de lo que esperaba al vender {amount} {coin}. Creía que desde el mes pasado tenía la "
            "comisión reducida.",
            "El nivel se calcula a medianoche UTC y la operación fue unas horas antes del cambio. A partir de ahora se "
            "aplica la comisión reducida a todas tus órdenes.",
            "¿A qué orden te refieres? Envíanos el número y la fecha.",
            "Ahora lo entiendo. Gracias por la explicación.",
        ),
    ),
    "fr": (
        Matter(
            "Mon dépôt de {amount} {coin} n'est pas arrivé",
            "Bonjour, j'ai envoyé {amount} {coin} depuis mon portefeuille. L'explorateur affiche assez de "
            "confirmations, mais mon solde n'a pas changé.\n\nID de la transaction : {txid}",
            "Merci pour l'ID de la transaction. Nous voyons le dépôt sur le réseau et notre équipe est en train de le "
            "créditer. Nous vous préviendrons ici dès qu'il figurera dans votre solde.",
            "Pour retrouver le dépôt, indiquez-nous le réseau choisi et l'heure de l'envoi.",
            "Merci, j'attends. L'envoi a été fait sur {network}, si cela peut aider.",
        ),
        Matter(
            "Mon retrait de {amount} {coin} reste « en cours »",
            "Mon retrait de {amount} {coin} est « en cours » depuis hier. J'en ai besoin cette semaine. Qu'attend-il ?",
            "Le retrait a fait l'objet d'un contrôle de sécurité supplémentaire, maintenant terminé. Il partira avec "
            "le prochain envoi, dans les deux heures.",
            "Merci de confirmer les six premiers et les six derniers caractères de l'adresse de destination.",
            "Je vois qu'il est parti. Merci beaucoup.",
        ),
        Matter(
            "Code refusé sur mon nouveau téléphone",
            "J'ai changé de téléphone et les codes de mon application d'authentification sont toujours refusés. J'ai "
            "encore l'ancien pour quelques jours.",
            "Réglez l'heure du nouveau téléphone sur automatique : les codes dépendent de l'heure exacte. S'ils sont "
            "toujours refusés, transférez de nouveau l'application depuis l'ancien téléphone.",
            "Quelle application d'authentification utilisez-vous, et sur quel système ?",
            "C'était bien l'heure. Tout fonctionne à présent.",
        ),
        Matter(
            "Ma pièce d'identité a été refusée deux fois",
            "J'ai envoyé mon passeport deux fois et il a été refusé comme « illisible ». La photo me paraît nette.",
            "Un reflet couvre le bas de la page, là où se trouvent les deux lignes de code. Prenez la photo à la "
            "lumière du jour, sans flash, avec les quatre coins visibles.",
            "Indiquez-nous le document utilisé et le pays qui l'a délivré.",
            "J'ai repris la photo près de la fenêtre et je viens de l'envoyer.",
        ),
        Matter(
            "Frais trop élevés sur ma dernière vente de {coin}",
            "On m'a prélevé plus que prévu lors de la vente de {amount} {coin}. Je pensais avoir le tarif réduit "
            "depuis le mois dernier.",
            "Le niveau est calculé à minuit UTC et la vente a eu lieu quelques heures avant le changement. Le tarif "
            "réduit s'applique désormais à tous vos ordres.",
            "De quel ordre s'agit-il ? Envoyez-nous son numéro et sa date.",
            "Je comprends mieux. Merci pour l'explication.",
        ),
    ),
    "id": (
        Matter(
            "Deposit {amount} {coin} belum masuk",
            "Halo, saya mengirim {amount} {coin} dari dompet saya sendiri. Konfirmasi di explorer sudah cukup, tetapi "
            "saldo saya belum berubah.\n\nID transaksi: {txid}",
            "Terima kasih atas ID transaksinya. Deposit Anda sudah terlihat di jaringan dan tim kami sedang "
            "mengkreditkannya. Kami akan mengabari di sini begitu masuk ke saldo Anda.",
            "Agar deposit bisa kami temukan, mohon beri tahu jaringan yang dipilih dan waktu pengirimannya.",
            "Terima kasih, saya tunggu. Saya kirim lewat {network}, siapa tahu membantu.",
        ),
        Matter(
            "Penarikan {amount} {coin} masih “Diproses”",
            "Penarikan {amount} {coin} saya berstatus “Diproses” sejak kemarin. Saya membutuhkannya minggu ini. Apa "
            "yang ditunggu?",
            "Penarikan Anda melewati pemeriksaan keamanan tambahan yang kini sudah selesai. Dana dikirim pada "
            "pengiriman berikutnya, paling lama dua jam lagi.",
            "Mohon konfirmasi enam karakter pertama dan terakhir dari alamat tujuan.",
            "Sekarang sudah keluar dari akun saya. Terima kasih.",
        ),
        Matter(
            "Kode masuk ditolak di ponsel baru",
            "Saya ganti ponsel dan sekarang kode dari aplikasi autentikator selalu ditolak. Ponsel lama masih ada "
            "beberapa hari lagi.",
            "Atur waktu di ponsel baru ke otomatis, karena kode bergantung pada waktu yang tepat. Jika masih ditolak, "
            "pindahkan lagi autentikator dari ponsel lama selagi masih ada.",
            "Aplikasi autentikator apa yang Anda gunakan, dan di sistem apa?",
            "Setelah waktunya diatur otomatis, sekarang bisa. Terima kasih.",
        ),
        Matter(
            "Dokumen identitas saya ditolak dua kali",
            "Saya sudah dua kali mengunggah paspor dan ditolak karena “tidak terbaca”. Menurut saya fotonya jelas.",
            "Ada pantulan cahaya di bagian bawah, tepat pada dua baris kode. Mohon foto ulang di tempat terang tanpa "
            "lampu kilat, dengan keempat sudut terlihat.",
            "Mohon beri tahu dokumen yang digunakan dan negara penerbitnya.",
            "Sudah saya foto ulang di dekat jendela dan baru saja saya unggah.",
        ),
        Matter(
            "Biaya transaksi {coin} terakhir terlalu tinggi",
            "Biaya saat saya menjual {amount} {coin} lebih besar dari perkiraan. Saya kira sejak bulan lalu saya "
            "sudah mendapat biaya lebih rendah.",
            "Level dihitung pada tengah malam UTC, dan transaksi itu terjadi beberapa jam sebelum perubahan. Mulai "
            "sekarang biaya yang lebih rendah berlaku untuk semua order.",
            "Order mana yang dimaksud? Mohon kirim nomor dan tanggalnya.",
            "Sekarang saya paham. Terima kasih atas penjelasannya.",
        ),
    ),
    "uk": (
        Matter(
            "Не надійшов депозит {amount} {coin}",
            "Вітаю! Я надіслав {amount} {coin} зі свого гаманця. В оглядачі вже достатньо підтверджень, але баланс не "
            "змінився.\n\nID транзакції: {txid}",
            "Дякуємо за ID транзакції. Ми бачимо депозит у мережі, і команда вже його зараховує. Повідомимо тут, щойно "
            "він з'явиться на вашому балансі.",
            "Щоб знайти депозит, уточніть, яку мережу ви обрали та о котрій годині його надіслали.",
            "Дякую, чекаю. Надсилав через {network}, якщо це допоможе.",
        ),
        Matter(
            "Виведення {amount} {coin} досі «обробляється»",
            "Виведення {amount} {coin} має стан «обробляється» з учорашнього дня. Кошти потрібні цього тижня. Чого "
            "воно чекає?",
            "Виведення пройшло додаткову перевірку безпеки, її вже завершено. Кошти буде надіслано з наступною "
            "партією, протягом двох годин.",
            "Підтвердьте, будь ласка, перші та останні шість символів адреси отримувача.",
            "Бачу, що кошти пішли з рахунку. Дякую.",
        ),
        Matter(
            "Код не приймається на новому телефоні",
            "Я змінив телефон, і тепер коди із застосунку автентифікації завжди відхиляються. Старий телефон ще кілька "
            "днів буде в мене.",
            "Увімкніть на новому телефоні автоматичний час: коди залежать від точного часу. Якщо не допоможе, "
            "перенесіть застосунок зі старого телефону ще раз, доки він у вас.",
            "Яким застосунком автентифікації ви користуєтеся і на якій системі?",
            "Справа була в часі. Тепер усе працює, дякую.",
        ),
        Matter(
            "Мій документ двічі відхилили",
            "Я двічі завантажував паспорт, і обидва рази його відхилили як «нечитабельний». На мою думку, фото чітке.",
            "Унизу сторінки, на двох рядках коду, є відблиск. Сфотографуйте документ при денному світлі, без спалаху, "
            "щоб було видно всі чотири кути.",
            "Уточніть, який документ ви використали та яка країна його видала.",
            "Сфотографував біля вікна ще раз і щойно завантажив.",
        ),
        Matter(
            "Зависока комісія за останню угоду з {coin}",
            "За продаж {amount} {coin} з мене взяли більше, ніж я очікував. Я думав, що з минулого місяця маю нижчу "
            "комісію.",
            "Рівень визначається опівночі за UTC, а угода відбулася за кілька годин до зміни. Відтепер нижча комісія "
            "діє для всіх ваших ордерів.",
            "Про який ордер ідеться? Надішліть його номер і дату.",
            "Тепер зрозуміло. Дякую за пояснення.",
        ),
    ),
    "vi": (
        Matter(
            "Chưa nhận được {amount} {coin} đã nạp",
            "Xin chào, tôi đã gửi {amount} {coin} từ ví của mình. Trình khám phá cho thấy đã đủ xác nhận nhưng số dư "
            "vẫn chưa thay đổi.\n\nMã giao dịch: {txid}",
            "Cảm ơn bạn đã gửi mã giao dịch. Chúng tôi đã thấy khoản nạp trên mạng lưới và đang ghi có cho bạn. Chúng "
            "tôi sẽ báo tại đây ngay khi tiền vào số dư.",
            "Để tìm khoản nạp, vui lòng cho biết bạn đã chọn mạng lưới nào và gửi lúc mấy giờ.",
            "Cảm ơn, tôi sẽ đợi. Tôi đã gửi qua {network}, hy vọng thông tin này giúp được.",
        ),
        Matter(
            "Lệnh rút {amount} {coin} vẫn “Đang xử lý”",
            "Lệnh rút {amount} {coin} của tôi ở trạng thái “Đang xử lý” từ hôm qua. Tôi cần tiền trong tuần này. Lệnh "
            "đang chờ điều gì?",
            "Lệnh rút đã qua bước kiểm tra bảo mật bổ sung và hiện đã xong. Tiền sẽ được gửi trong đợt tiếp theo, chậm "
            "nhất hai giờ nữa.",
            "Vui lòng xác nhận sáu ký tự đầu và sáu ký tự cuối của địa chỉ nhận.",
            "Tôi thấy tiền đã rời tài khoản. Cảm ơn bạn.",
        ),
        Matter(
            "Điện thoại mới không nhận mã đăng nhập",
            "Tôi đổi điện thoại và giờ mã từ ứng dụng xác thực luôn bị từ chối. Tôi vẫn giữ máy cũ thêm vài ngày.",
            "Bạn hãy đặt giờ trên máy mới ở chế độ tự động, vì mã phụ thuộc vào thời gian chính xác. Nếu vẫn bị từ "
            "chối, hãy chuyển ứng dụng từ máy cũ sang lại một lần nữa.",
            "Bạn dùng ứng dụng xác thực nào và trên hệ điều hành nào?",
            "Đặt giờ tự động xong là được ngay. Cảm ơn bạn.",
        ),
        Matter(
            "Giấy tờ của tôi bị từ chối hai lần",
            "Tôi đã tải hộ chiếu lên hai lần và đều bị từ chối vì “không đọc được”. Tôi thấy ảnh rất rõ.",
            "Phần dưới của trang bị lóa, đúng vào hai dòng mã. Bạn vui lòng chụp dưới ánh sáng ban ngày, không dùng "
            "đèn flash và thấy đủ bốn góc.",
            "Vui lòng cho biết bạn dùng loại giấy tờ nào và do quốc gia nào cấp.",
            "Tôi đã chụp lại cạnh cửa sổ và vừa tải lên.",
        ),
        Matter(
            "Phí giao dịch {coin} gần nhất quá cao",
            "Khi bán {amount} {coin} tôi bị tính phí cao hơn dự kiến. Tôi nghĩ mình đã được hưởng mức phí thấp từ "
            "tháng trước.",
            "Cấp độ được tính vào nửa đêm theo giờ UTC, còn giao dịch diễn ra vài giờ trước khi thay đổi. Từ giờ mức "
            "phí thấp sẽ áp dụng cho mọi lệnh.",
            "Bạn đang nói đến lệnh nào? Vui lòng gửi số lệnh và ngày đặt.",
            "Giờ tôi đã hiểu. Cảm ơn bạn đã giải thích.",
        ),
    ),
}
