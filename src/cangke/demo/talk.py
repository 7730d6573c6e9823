"""What customers of the demonstration company ask, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass

# A line is (who, text): c customer, a agent, p placeholder reply, n note for colleagues.


@dataclass(frozen=True)
class Talk:
    stage: str
    question_type: str
    handling_result: str
    lines: tuple[tuple[str, str], ...]
    language: str = "zh-hans"


TALKS = (
    Talk(
        "presale",
        "product",
        "ordered",
        (
            ("c", "在吗？{product}有现货吗"),
            ("a", "您好，有现货的，今天 16:00 前付款当天就能发。"),
            ("c", "发顺丰可以吗，要当礼物"),
            ("a", "可以的，给您备注顺丰和贺卡，写什么祝福您告诉我就行。"),
            ("c", "写“生日快乐”，我拍了"),
            ("a", "收到，已经插旗备注，发货后单号会发给您。"),
        ),
    ),
    Talk(
        "presale",
        "product",
        "not_bought",
        (
            ("c", "{product}尺寸多少？"),
            ("p", "稍等，我查一下参数。"),
            ("a", "高 18 厘米，直径 12 厘米，页面第三张图有实物对比。"),
            ("c", "有点小，我再看看"),
            ("a", "好的，大一号的也有，链接发您参考，需要随时找我。"),
        ),
    ),
    Talk(
        "presale",
        "price",
        "ordered",
        (
            ("c", "这个能便宜点吗"),
            ("a", "现在活动价已经减了 15 元，两件再享满减，叠加下来单件更划算。"),
            ("c", "那拍两件"),
            ("a", "好的，两件一起发，运费我们出。"),
        ),
    ),
    Talk(
        "presale",
        "stock",
        "explained",
        (
            ("c", "今天拍什么时候能到成都"),
            ("a", "宁波仓发出，到成都一般 3 天，加急顺丰次日到。"),
            ("c", "好的谢谢"),
        ),
    ),
    Talk(
        "aftersale",
        "tracking",
        "explained",
        (
            ("c", "{order} 物流两天没更新了"),
            ("a", "我马上查，您稍等两分钟。"),
            ("n", "承运商群里问了，杭州分拨昨天爆仓，今晚转出。"),
            ("a", "查到了：包裹在杭州分拨，今晚转出，预计后天到您那边，我会盯着。"),
            ("c", "好的，麻烦了"),
        ),
    ),
    Talk(
        "aftersale",
        "short",
        "compensated",
        (
            ("c", "收到了，但是少了一件 {product}"),
            ("a", "抱歉给您添麻烦了，请拍一下包裹和面单，我马上和仓库核实。"),
            ("c", "照片发了，箱子里只有一件"),
            ("n", "@刘洋 {order} 复核称重帮看下。"),
            ("a", "仓库确认漏发一件，今天给您补发，运费我们承担。"),
            ("c", "行，尽快吧"),
        ),
    ),
    Talk(
        "aftersale",
        "damage",
        "compensated",
        (
            ("c", "打开是裂的！你们怎么包装的"),
            ("a", "非常抱歉，请拍三张照片：外箱、内包装、破损处，我给您优先处理。"),
            ("c", "拍好了"),
            ("a", "看到了，是运输挤压。给您退这一件的货款，不用寄回，可以吗？"),
            ("c", "可以"),
            ("a", "退款已提交，1 至 3 个工作日到账。"),
        ),
    ),
    Talk(
        "aftersale",
        "return",
        "solved",
        (
            ("c", "颜色和图片不一样，想退"),
            ("a", "明白，您收到的偏深一些。给您换浅色款行吗？来回运费我们出，也不耽误您用。"),
            ("c", "浅色的什么时候发"),
            ("a", "您这边寄出有单号后，我们同时发出浅色款。"),
            ("c", "那换吧"),
        ),
    ),
    Talk(
        "aftersale",
        "refund",
        "explained",
        (
            ("c", "退货都签收三天了，钱什么时候退？"),
            ("a", "已看到仓库昨天完成验货，财务今天打款，最晚明天到账。"),
            ("c", "明天没到我再找你"),
            ("a", "好的，我记下了，明天上午主动给您回复。"),
        ),
    ),
    Talk(
        "aftersale",
        "usage",
        "explained",
        (
            ("c", "这个灯串怎么换电池"),
            ("a", "底座逆时针转开就能看到电池仓，用两节 5 号电池，注意正负极。"),
            ("c", "打开了，谢谢"),
        ),
    ),
    Talk(
        "aftersale",
        "complaint",
        "passed_on",
        (
            ("c", "你们说今天发，现在都没发，要投诉"),
            ("a", "非常抱歉，我已追问仓库，半小时内给您准确答复。"),
            ("n", "已追问仓库，缺 1 件等调货，请主管关注。"),
            ("a", "仓库今晚 18:00 前发出，并给您补 10 元券，单号出来第一时间发您。"),
            ("c", "最好是"),
        ),
    ),
    Talk(
        "presale",
        "product",
        "ordered",
        (
            ("c", "Hi, is the {product} in stock in the US warehouse?"),
            ("a", "Yes, it ships from Ontario, California. Orders before 2 pm leave the same day."),
            ("c", "Great, ordering now."),
            ("a", "Thank you! The tracking number will follow by e-mail."),
        ),
        "en",
    ),
    Talk(
        "aftersale",
        "tracking",
        "explained",
        (
            ("c", "The parcel says delivered but I have nothing here. Order {order}."),
            ("p", "Let me check that with the carrier, one moment please."),
            ("a", "The driver left it with the front desk at 11:42. Could you ask there?"),
            ("c", "Found it, thanks!"),
        ),
        "en",
    ),
    Talk(
        "aftersale",
        "damage",
        "compensated",
        (
            ("c", "One of the mugs arrived broken."),
            ("a", "I am sorry about that. Could you send a photo of the mug and the box?"),
            ("c", "Photo attached."),
            ("a", "Thank you. A replacement leaves today, no need to return the broken one."),
            ("c", "Perfect service."),
        ),
        "en",
    ),
)

NAMES = [
    "小鱼妈妈",
    "陈先生_杭州",
    "阿澈不吃辣",
    "何女士",
    "tb_8841207",
    "林小满",
    "慢慢来_",
    "小熊不加班",
    "柚子茶",
    "阿ken",
    "南方有嘉木",
    "豆豆爸",
    "一只橘猫",
    "周末愉快",
    "李老师",
    "清风徐来",
    "阿布",
    "momo酱",
    "大海",
    "小满",
    "老张",
    "薄荷糖",
    "七月流火",
    "半糖去冰",
    "向日葵",
    "王女士",
    "赵先生_成都",
    "钱多多",
    "花花世界",
    "山田",
    "北北",
    "小石头",
    "蓝莓",
    "青柠",
    "星期八",
    "阿May",
    "小白兔",
    "胖虎",
    "橙子",
    "叶子",
    "云朵",
    "阳光",
    "雨天",
    "木木",
    "晓晓",
    "天天",
    "圆圆",
    "可可",
    "乐乐",
    "果果",
]
ENGLISH_NAMES = [
    "Laura Weber",
    "Tom Baker",
    "Grace Kim",
    "Daniel Ruiz",
    "Sophie Martin",
    "Jack Olsen",
    "Nina Patel",
    "Oliver Grant",
    "Hannah Lee",
    "Marco Rossi",
    "Amy Clarke",
    "Peter Novak",
]
COMPANIES = ("深圳启航贸易", "义乌蓝海进出口", "厦门潮汐电商")
