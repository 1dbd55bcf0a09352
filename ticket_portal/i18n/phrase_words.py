"""Everyday words from which a guest's two-word phrase is made: short, easy to read out, in no way alarming."""

_LISTS = {
    "en": """
        acorn anchor apple autumn balcony bamboo basket beach bench bicycle bridge butter candle canyon cedar cherry
        cloud coffee coral cotton desert dolphin falcon feather forest garden ginger guitar harvest honey island
        jasmine kettle ladder lantern lemon lilac maple marble meadow melon mirror mountain ocean olive orchard paper
        pebble pepper piano pillow planet pocket river saffron silver summer sunset teapot tulip umbrella velvet
        violin window""",
    "es": """
        abeja aceite agua algodón almendra ancla arena árbol azúcar balcón barco bosque brújula café camino campana
        canela cereza cielo ciruela colina coral cuaderno delfín desierto estrella faro flauta flor fuente guitarra
        higo hoja isla jardín jazmín lago lámpara limón linterna luna manzana mar mariposa melón mesa miel montaña
        naranja nube océano oliva otoño papel piano playa puente reloj río sombrero tambor tulipán ventana
        violín""",
    "fr": """
        abeille abricot amande ancre arbre automne balcon bambou banc bateau beurre bouton bougie cannelle cerise
        citron cloche colline corail coton dauphin désert étoile fenêtre fleur fontaine forêt gingembre guitare herbe
        hiver île jardin jasmin lac lampe lanterne lilas lune maison marbre melon miel miroir montagne neige nuage
        océan olive orange panier papier phare piano plage plume poivre pomme pont prairie rivière sable tulipe
        violon""",
    "id": """
        anggrek angin apel awan bambu bangku bintang bukit bulan bunga cermin cengkih danau daun delima dermaga
        embun gitar gunung hujan hutan jahe jambu jembatan jendela jeruk kapal kapas kayu kebun kelapa kertas kopi
        kunci kupu-kupu lampu langit laut lemon lentera madu mangga matahari mawar melati nanas ombak padi pantai
        payung pelangi pepaya perahu piano pintu pisang pulau rotan rumah sungai taman teh teratai zaitun""",
    "uk": """
        абрикос айстра акація бджола береза берег вежа веселка вечір вишня вікно вітер гора горіх гітара груша дерево
        дзвін дощ дуб жасмин зірка зима ключ книга кава калина камінь клен колос корабель криниця лампа лелека ліс
        ліхтар літо лимон лілія луг малина маяк мед місто місяць море міст небо озеро олива осінь острів папір перець
        перо пісок річка роса сад скрипка сонце хмара човен яблуко""",
    "vi": """
        cam chanh xoài dừa chuối nhãn mận lê táo đào ổi sen lan cúc hồng mai trúc tre thông quế gừng nghệ trà sữa
        gạo lúa mật biển sông suối hồ núi đồi rừng vườn đảo bãi cát đá mây mưa nắng gió trăng sao thuyền cầu đèn nến
        chuông trống đàn sáo giấy bút sách cửa ghế bàn nón quạt diều lụa khăn""",
}

WORDS = {language: tuple(words.split()) for language, words in _LISTS.items()}
