"""The things in the demo gallery, with everyday names and realistic sizes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """`drawn` is the name in the vocabulary; `size` is a share of the picture's shorter side."""

    drawn: str
    en: str
    zh: str
    measure: str
    size: float


# name in the recipes | drawn as, if different | Chinese | measure word | size
_TABLE = """
dog | dog | 狗 | 只 | .44
puppy | dog face | 小狗 | 只 | .40
poodle | poodle | 贵宾犬 | 只 | .42
cat | cat | 猫 | 只 | .42
kitten | cat face | 小猫 | 只 | .38
black cat | black cat | 黑猫 | 只 | .42
rabbit | rabbit | 兔子 | 只 | .36
mouse | mouse | 老鼠 | 只 | .28
hamster | hamster | 仓鼠 | 只 | .34
hedgehog | hedgehog | 刺猬 | 只 | .32
fox | fox | 狐狸 | 只 | .40
bear | bear | 熊 | 只 | .42
panda | panda | 熊猫 | 只 | .44
polar bear | polar bear | 北极熊 | 只 | .42
koala | koala | 考拉 | 只 | .40
tiger | tiger | 老虎 | 只 | .46
lion | lion | 狮子 | 只 | .44
elephant | elephant | 大象 | 头 | .56
giraffe | giraffe | 长颈鹿 | 只 | .60
zebra | zebra | 斑马 | 匹 | .48
monkey | monkey | 猴子 | 只 | .40
horse | horse | 马 | 匹 | .50
unicorn | unicorn | 独角兽 | 只 | .46
cow | cow | 奶牛 | 头 | .50
pig | pig | 猪 | 头 | .42
sheep | ewe | 绵羊 | 只 | .42
goat | goat | 山羊 | 只 | .42
camel | camel | 骆驼 | 头 | .52
kangaroo | kangaroo | 袋鼠 | 只 | .48
deer | deer | 鹿 | 只 | .48
wolf | wolf | 狼 | 只 | .40
raccoon | raccoon | 浣熊 | 只 | .40
otter | otter | 水獭 | 只 | .40
sloth | sloth | 树懒 | 只 | .40
penguin | penguin | 企鹅 | 只 | .40
owl | owl | 猫头鹰 | 只 | .38
duck | duck | 鸭子 | 只 | .36
swan | swan | 天鹅 | 只 | .44
flamingo | flamingo | 火烈鸟 | 只 | .46
parrot | parrot | 鹦鹉 | 只 | .40
peacock | peacock | 孔雀 | 只 | .46
eagle | eagle | 老鹰 | 只 | .44
rooster | rooster | 公鸡 | 只 | .42
chick | baby chick | 小鸡 | 只 | .28
bird | bird | 小鸟 | 只 | .34
dove | dove | 鸽子 | 只 | .36
turtle | turtle | 乌龟 | 只 | .40
frog | frog | 青蛙 | 只 | .34
crocodile | crocodile | 鳄鱼 | 条 | .48
snake | snake | 蛇 | 条 | .40
lizard | lizard | 蜥蜴 | 只 | .40
dinosaur | T-Rex | 恐龙 | 只 | .56
dragon | dragon | 龙 | 条 | .56
whale | spouting whale | 鲸鱼 | 头 | .50
dolphin | dolphin | 海豚 | 只 | .44
shark | shark | 鲨鱼 | 条 | .48
octopus | octopus | 章鱼 | 只 | .44
fish | fish | 鱼 | 条 | .34
tropical fish | tropical fish | 热带鱼 | 条 | .32
blowfish | blowfish | 河豚 | 条 | .32
crab | crab | 螃蟹 | 只 | .34
lobster | lobster | 龙虾 | 只 | .38
seal | seal | 海豹 | 只 | .42
jellyfish | jellyfish | 水母 | 只 | .36
butterfly | butterfly | 蝴蝶 | 只 | .30
bee | honeybee | 蜜蜂 | 只 | .28
ladybug | lady beetle | 瓢虫 | 只 | .28
snail | snail | 蜗牛 | 只 | .32
car | automobile | 汽车 | 辆 | .46
bus | bus | 公交车 | 辆 | .48
taxi | taxi | 出租车 | 辆 | .46
bicycle | bicycle | 自行车 | 辆 | .44
motorcycle | motorcycle | 摩托车 | 辆 | .46
tractor | tractor | 拖拉机 | 辆 | .48
fire engine | fire engine | 消防车 | 辆 | .50
ambulance | ambulance | 救护车 | 辆 | .48
racing car | racing car | 赛车 | 辆 | .46
train | locomotive | 火车 | 列 | .50
airplane | airplane | 飞机 | 架 | .48
helicopter | helicopter | 直升机 | 架 | .48
rocket | rocket | 火箭 | 枚 | .50
flying saucer | flying saucer | 飞碟 | 个 | .46
satellite | satellite | 卫星 | 颗 | .42
sailboat | sailboat | 帆船 | 艘 | .50
ship | ship | 轮船 | 艘 | .54
canoe | canoe | 独木舟 | 条 | .44
parachute | parachute | 降落伞 | 个 | .44
balloon | balloon | 气球 | 个 | .38
kite | kite | 风筝 | 个 | .38
astronaut | astronaut | 宇航员 | 位 | .44
robot | robot | 机器人 | 个 | .40
alien | alien monster | 外星人 | 个 | .36
ghost | ghost | 幽灵 | 个 | .38
snowman | snowman | 雪人 | 个 | .48
teddy bear | teddy bear | 泰迪熊 | 只 | .40
sun | sun | 太阳 | 个 | .22
moon | full moon | 月亮 | 个 | .22
crescent moon | crescent moon | 弯月 | 弯 | .20
rainbow | rainbow | 彩虹 | 道 | .34
star | star | 星星 | 颗 | .18
planet | ringed planet | 行星 | 颗 | .30
globe | globe showing Europe-Africa | 地球 | 个 | .28
tree | deciduous tree | 大树 | 棵 | .56
pine tree | evergreen tree | 松树 | 棵 | .56
palm tree | palm tree | 棕榈树 | 棵 | .62
cactus | cactus | 仙人掌 | 棵 | .44
mushroom | mushroom | 蘑菇 | 个 | .28
sunflower | sunflower | 向日葵 | 朵 | .40
tulip | tulip | 郁金香 | 朵 | .34
rose | rose | 玫瑰 | 朵 | .36
bouquet | bouquet | 花束 | 束 | .44
house | house | 房子 | 座 | .54
castle | castle | 城堡 | 座 | .60
tent | tent | 帐篷 | 顶 | .44
ferris wheel | ferris wheel | 摩天轮 | 座 | .62
fire | fire | 篝火 | 堆 | .28
beach umbrella | umbrella on ground | 遮阳伞 | 把 | .48
umbrella | umbrella with rain drops | 雨伞 | 把 | .44
shell | spiral shell | 海螺 | 个 | .28
coral | coral | 珊瑚 | 丛 | .34
anchor | anchor | 锚 | 个 | .34
gift | wrapped gift | 礼物 | 份 | .34
Christmas tree | Christmas tree | 圣诞树 | 棵 | .62
red apple | red apple | 红苹果 | 个 | .38
green apple | green apple | 青苹果 | 个 | .38
orange | tangerine | 橘子 | 个 | .36
lemon | lemon | 柠檬 | 个 | .36
banana | banana | 香蕉 | 根 | .40
strawberry | strawberry | 草莓 | 颗 | .34
cherry | cherries | 樱桃 | 颗 | .36
watermelon | watermelon | 西瓜 | 块 | .42
pineapple | pineapple | 菠萝 | 个 | .46
pear | pear | 梨 | 个 | .38
peach | peach | 桃子 | 个 | .36
carrot | carrot | 胡萝卜 | 根 | .38
tomato | tomato | 西红柿 | 个 | .34
avocado | avocado | 牛油果 | 个 | .38
cake | birthday cake | 生日蛋糕 | 个 | .46
cupcake | cupcake | 纸杯蛋糕 | 个 | .36
doughnut | doughnut | 甜甜圈 | 个 | .36
pizza | pizza | 披萨 | 块 | .42
burger | hamburger | 汉堡 | 个 | .42
ice cream | soft ice cream | 冰淇淋 | 个 | .44
cup of coffee | hot beverage | 咖啡 | 杯 | .36
teapot | teapot | 茶壶 | 个 | .42
bread | bread | 面包 | 个 | .38
bowl of noodles | steaming bowl | 面条 | 碗 | .42
pile of books | books | 书 | 摞 | .40
candle | candle | 蜡烛 | 支 | .36
laptop | laptop | 笔记本电脑 | 台 | .44
camera | camera | 相机 | 台 | .40
guitar | guitar | 吉他 | 把 | .48
violin | violin | 小提琴 | 把 | .46
alarm clock | alarm clock | 闹钟 | 个 | .38
potted plant | potted plant | 盆栽 | 盆 | .44
sofa | couch and lamp | 沙发 | 张 | .56
soccer ball | soccer ball | 足球 | 个 | .30
bucket | bucket | 水桶 | 个 | .30
key | key | 钥匙 | 把 | .38
crown | crown | 皇冠 | 顶 | .40
heart | red heart | 红心 | 颗 | .40
light bulb | light bulb | 灯泡 | 个 | .38
"""


def _member(line: str) -> tuple[str, Member]:
    name, drawn, zh, measure, size = (part.strip() for part in line.split("|"))
    return name, Member(drawn, name, zh, measure, float(size))


CAST: dict[str, Member] = dict(_member(line) for line in _TABLE.strip().splitlines())
