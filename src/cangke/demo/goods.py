"""The goods and carriers of the demonstration company."""

from __future__ import annotations

# (sku, name, English name, price, weight in g, length × width × height in mm)
GOODS = (
    ("HD-1001", "星空投影夜灯", "Starry night projector lamp", "69.00", 420, (130, 130, 150)),
    ("HD-1002", "海盗船木质拼装模型", "Wooden pirate ship kit", "128.00", 860, (320, 220, 80)),
    ("HD-1003", "复古指南针挂坠", "Vintage compass pendant", "39.00", 90, (80, 60, 30)),
    ("HD-1004", "宝藏盒收纳箱", "Treasure chest box", "88.00", 950, (260, 180, 160)),
    ("HD-1005", "船长马克杯", "Captain mug", "36.00", 380, (120, 90, 100)),
    ("HD-1006", "海浪解压沙漏", "Wave hourglass", "52.00", 510, (180, 80, 80)),
    ("YJ-2001", "米字旗针织热水袋", "Knitted hot water bottle", "33.90", 310, (260, 180, 40)),
    ("YJ-2002", "磨砂星形烛台", "Frosted star candle holder", "29.90", 240, (110, 110, 60)),
    ("YJ-2003", "俄罗斯套娃收纳盒", "Nesting doll storage box", "76.50", 640, (200, 120, 120)),
    ("YJ-2004", "棉麻抱枕套 45×45", "Linen cushion cover 45×45", "45.00", 180, (300, 250, 20)),
    ("YJ-2005", "陶瓷香薰炉", "Ceramic aroma burner", "59.00", 520, (120, 120, 140)),
    ("YJ-2006", "北欧挂钟 30cm", "Nordic wall clock 30 cm", "118.00", 980, (320, 320, 60)),
    ("YJ-2007", "手工编织收纳篮", "Woven storage basket", "66.00", 430, (300, 220, 180)),
    ("YJ-2008", "灯串暖白 5 米", "Warm white light string 5 m", "27.50", 150, (120, 90, 60)),
)
CARRIERS = (
    ("sf", "顺丰速运", "SF Express", "CN", (("次日达", 1, 2, True), ("标快", 2, 4, False))),
    ("zto", "中通快递", "ZTO Express", "CN", (("标准", 2, 5, False),)),
    ("usps", "USPS", "USPS", "US", (("Ground Advantage", 2, 6, False), ("Priority", 1, 3, True))),
)
CITIES = (
    ("浙江", "杭州", "余杭区", "文一西路 969 号", "311121"),
    ("四川", "成都", "武侯区", "人民南路 4 段 27 号", "610041"),
    ("广东", "深圳", "南山区", "科苑路 15 号", "518057"),
    ("北京", "北京", "朝阳区", "望京街 10 号", "100102"),
    ("江苏", "南京", "鼓楼区", "中山北路 30 号", "210008"),
    ("湖北", "武汉", "洪山区", "珞喻路 1037 号", "430074"),
)
AMERICAN = (
    ("CA", "Los Angeles", "", "812 Spring St Apt 4", "90014"),
    ("TX", "Austin", "", "2201 Lamar Blvd", "78705"),
    ("NY", "Brooklyn", "", "45 Bedford Ave", "11211"),
    ("WA", "Seattle", "", "1500 Pike Pl", "98101"),
)
