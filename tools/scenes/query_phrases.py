"""Phrases that people put around the name of a thing, which must not change what is found.

None of the evaluation's "phrasings not used for training" may be in these lists, and none of the
words that identify them (looking, favourite, shot; 帮我, 哪里, 我想看).
"""

import random

EN_FRAMES = (
    *("a picture of {}", "a drawing of {}", "an image of {}", "a photo of {}", "picture of {}"),
    *("{} picture", "there is {}", "an illustration of {}", "pictures of {}", "photos of {}"),
    *("images of {}", "images with {}", "photos showing {}", "a picture showing {}", "{} photo"),
    *("{} image", "{} drawing", "{} pictures", "{} pics", "pic of {}", "show me {}", "show {}"),
    *("find {}", "search for {}", "where is {}?", "do you have {}?", "is there {}?", "any {}?"),
    *("i want to see {}", "please show me {}", "{} please", "give me {}", "let me see {}"),
    *("can i see {}?", "what about {}?", "this is {}", "here is {}", "look, {}!", "my {}"),
    *("the {}", "the one with {}", "the picture with {}", "those with {}", "everything with {}"),
    *("all pictures with {}", "the best picture of {}", "a nice picture of {}", "{} in it"),
    *("with {} in it", "something with {}", "a scene with {}", "a view of {}", "a close-up of {}"),
    *("an old photo of {}", "a small picture of {}", "a cute picture of {}", "{} emoji"),
    *("i remember {}", "we saw {}", "who has {}?", "that time with {}", "a card with {}"),
)
ZH_FRAMES = (
    *("{}的图片", "{}的照片", "一张{}的图片", "{}的图", "画着{}的图片", "有{}", "{}图片", "{}照片"),
    *("一张{}的照片", "{}的画", "一幅{}的画", "{}的插图", "有{}的图片", "有{}的照片", "带{}的图"),
    *("找{}", "找一张{}", "搜索{}", "搜一下{}", "查找{}", "给我看{}", "给我{}", "要{}", "请找{}"),
    *("有没有{}？", "有{}吗？", "{}在吗？", "{}呢？", "这是{}", "那是{}", "看，{}！", "我的{}"),
    *("那张{}", "这张{}", "所有{}", "所有{}的图片", "全部{}", "最好看的{}", "漂亮的{}", "可爱的{}"),
    *("关于{}的图", "里面有{}", "里面有{}的图片", "{}特写", "{}的样子", "老照片里的{}", "{}表情"),
    *("我们见过的{}", "上次的{}", "记得有{}", "类似{}", "像{}一样", "{}之类的"),
)
EN_FILLERS = (
    *(
        "really",
        "very",
        "quickly",
        "today",
        "yesterday",
        "maybe",
        "again",
        "hello",
        "hey",
        "thanks",
    ),
    *("from last year", "from 2019", "in summer", "for grandma", "for my sister", "on the phone"),
    *(
        "in high quality",
        "without text",
        "if possible",
        "or similar",
        "we talked about",
        "somewhere",
    ),
    *("of course", "you know", "i think", "just", "only", "also", "good", "new", "old", "another"),
    *(
        "number 3",
        "no. 12",
        "version two",
        "the other one",
        "made by us",
        "to print",
        "as wallpaper",
    ),
    *("that i uploaded", "that we took", "which is nice", "right now", "this week", "at work"),
)
ZH_FILLERS = (
    *("今天", "昨天", "真的", "非常", "快点", "也许", "再来", "你好", "谢谢", "去年的", "夏天"),
    *("给奶奶", "给妹妹", "手机里", "高清", "没有文字", "可以的话", "差不多的", "随便", "当然"),
    *("你知道", "我觉得", "只要", "还有", "好的", "新的", "旧的", "另外", "第三张", "我上传的"),
    *("我们拍的", "打印用", "做壁纸", "现在", "这周", "工作用", "一下", "吧", "呀", "啊"),
)
FRAMED, FILLED = 0.38, 0.12


def as_query(phrase: str, chinese: bool, rng: random.Random) -> str:
    """The phrase, often inside a frame, sometimes with filler words before or after it."""
    if rng.random() < FRAMED:
        phrase = rng.choice(ZH_FRAMES if chinese else EN_FRAMES).format(phrase)
    if rng.random() < FILLED:
        filler, space = (rng.choice(ZH_FILLERS), "") if chinese else (rng.choice(EN_FILLERS), " ")
        both = (filler, phrase) if rng.random() < 0.5 else (phrase, filler)
        phrase = space.join(both)
    return phrase
