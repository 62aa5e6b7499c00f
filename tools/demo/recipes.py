"""The pictures of the demo gallery, one a line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """`backdrop` is the key of a setting or the English name of a colour.

    An actor may start with a number: "3 chick".
    """

    backdrop: str
    aspect: str
    actors: tuple[str, ...]
    props: tuple[str, ...]
    sky: tuple[str, ...]


# backdrop aspect | actors | things further back | things in the sky
_TABLE = """
beach 3:2 | dog | palm tree | sun
beach 16:9 | dog, beach umbrella || sun
beach 4:3 | crab | shell |
beach 1:1 | kitten | bucket | sun
beach 3:2 | turtle | palm tree | sun
beach 2:3 | flamingo || sun
beach 4:3 | parrot | palm tree |
beach 3:2 | 2 crab | beach umbrella | sun
beach 4:3 | ice cream || sun
beach 16:9 | horse || sun
beach 3:2 | guitar | palm tree | sun
sea 3:2 | sailboat || sun
sea 16:9 | ship || dove
sea 4:3 | whale || sun
sea 3:2 | dolphin || sun
sea 16:9 | 2 sailboat ||
sea 4:3 | canoe || rainbow
sea 3:2 | duck || sun
sea 1:1 | shark ||
underwater 3:2 | octopus | coral |
underwater 4:3 | tropical fish | coral |
underwater 16:9 | 3 fish ||
underwater 1:1 | blowfish ||
underwater 3:2 | turtle | coral |
underwater 2:3 | jellyfish ||
underwater 4:3 | lobster, crab ||
underwater 3:2 | seal ||
underwater 16:9 | shark, tropical fish ||
underwater 1:1 | anchor | coral |
night 3:2 | owl | tree | moon
night 4:3 | black cat || moon
night 16:9 | wolf | pine tree | moon
night 1:1 | hedgehog || crescent moon
night 2:3 | castle || crescent moon
night 3:2 | tent | pine tree, fire | crescent moon
night 4:3 | house || moon
night 3:2 | ghost | house | moon
night 16:9 | ferris wheel || moon
night 4:3 | fox || crescent moon
moon 3:2 | cat || globe
moon 4:3 | astronaut || globe
moon 16:9 | robot || planet
moon 1:1 | rabbit || globe
moon 3:2 | dog, astronaut || globe
moon 2:3 | rocket || globe
moon 4:3 | alien || planet
space 16:9 | rocket || planet
space 3:2 | flying saucer || moon
space 4:3 | satellite || globe
space 1:1 | planet || star
space 3:2 | astronaut || globe
space 2:3 | rocket || star
space 4:3 | kitten || planet
grass 3:2 | dog | tree | sun
grass 4:3 | cat, dog | house | sun
grass 16:9 | horse | tree | sun
grass 3:2 | cow | house | sun
grass 1:1 | rabbit | carrot |
grass 4:3 | 2 dog || sun
grass 3:2 | 3 chick | rooster | sun
grass 2:3 | giraffe || sun
grass 16:9 | elephant | tree | sun
grass 4:3 | puppy, soccer ball || sun
grass 3:2 | pig | house |
grass 1:1 | lion || sun
grass 4:3 | zebra | tree | sun
grass 3:2 | tractor | tree | sun
grass 16:9 | 3 sheep || sun
grass 4:3 | snail | mushroom |
grass 2:3 | tree || sun
grass 3:2 | house | tree | sun
flowers 3:2 | butterfly || sun
flowers 4:3 | bee || sun
flowers 1:1 | ladybug ||
flowers 3:2 | kitten || butterfly
flowers 2:3 | sunflower || sun
flowers 4:3 | rabbit || rainbow
flowers 16:9 | hedgehog || sun
flowers 3:2 | peacock ||
flowers 4:3 | 2 butterfly || sun
flowers 3:2 | unicorn || rainbow
hills 3:2 | castle || rainbow
hills 16:9 | train || sun
hills 4:3 | goat | tree | sun
hills 1:1 | ferris wheel ||
hills 3:2 | bicycle | tree | sun
hills 2:3 | kite || sun
hills 16:9 | dragon | castle |
hills 4:3 | dinosaur | palm tree | sun
hills 3:2 | kangaroo || sun
mountains 3:2 | bear | pine tree | sun
mountains 4:3 | tent | pine tree, fire |
mountains 16:9 | deer | pine tree | sun
mountains 3:2 | eagle || sun
mountains 1:1 | goat ||
mountains 4:3 | helicopter || sun
mountains 3:2 | train | pine tree |
snow 3:2 | penguin | snowman |
snow 4:3 | polar bear | pine tree |
snow 16:9 | 3 penguin ||
snow 1:1 | snowman ||
snow 2:3 | Christmas tree | gift |
snow 3:2 | fox | pine tree |
snow 4:3 | house | pine tree | moon
snow 3:2 | dog | snowman |
snow 4:3 | 2 rabbit | pine tree |
desert 3:2 | camel | cactus | sun
desert 4:3 | lizard | cactus | sun
desert 16:9 | 2 camel || sun
desert 1:1 | cactus || sun
desert 3:2 | snake | cactus |
desert 4:3 | motorcycle | cactus | sun
sky 3:2 | airplane || sun
sky 16:9 | 3 balloon ||
sky 4:3 | eagle || sun
sky 2:3 | parachute ||
sky 1:1 | balloon || rainbow
sky 3:2 | helicopter || sun
sky 4:3 | dove || rainbow
sky 3:2 | kite || sun
sunset 3:2 | elephant | tree |
sunset 16:9 | giraffe | tree |
sunset 4:3 | cat ||
sunset 3:2 | horse ||
sunset 2:3 | palm tree || bird
sunset 4:3 | bicycle | tree |
forest 3:2 | fox | mushroom |
forest 4:3 | deer ||
forest 1:1 | bear ||
forest 2:3 | owl || moon
forest 3:2 | tiger ||
forest 4:3 | raccoon | mushroom |
forest 3:2 | panda ||
forest 4:3 | koala ||
forest 1:1 | frog | mushroom |
forest 3:2 | monkey | banana |
forest 4:3 | 2 mushroom | snail |
table 3:2 | 3 red apple ||
table 4:3 | cup of coffee | pile of books |
table 1:1 | cake | gift |
table 3:2 | pizza ||
table 4:3 | teapot | cup of coffee |
table 3:2 | banana, orange ||
table 1:1 | burger ||
table 2:3 | bouquet ||
table 4:3 | bowl of noodles ||
table 3:2 | laptop | cup of coffee |
table 4:3 | 2 cupcake | candle |
table 3:2 | watermelon, lemon ||
table 1:1 | kitten | potted plant |
table 4:3 | camera | pile of books |
table 3:2 | bread | tomato |
room 3:2 | cat | sofa |
room 4:3 | dog | potted plant |
room 1:1 | teddy bear | gift |
room 3:2 | guitar | sofa |
room 4:3 | Christmas tree | gift |
room 3:2 | kitten, puppy ||
room 16:9 | poodle | sofa |
room 2:3 | potted plant ||
city 3:2 | taxi || sun
city 16:9 | bus || sun
city 4:3 | bicycle || sun
city 3:2 | fire engine ||
city 4:3 | dinosaur || helicopter
city 3:2 | ambulance ||
city 1:1 | robot ||
road 3:2 | car | tree | sun
road 16:9 | racing car | tree |
road 4:3 | motorcycle | tree | sun
road 3:2 | cat, car ||
road 16:9 | 2 car | house | sun
road 4:3 | duck | house |
road 3:2 | bus | tree | rainbow
rain 3:2 | umbrella | tree |
rain 4:3 | frog | mushroom |
rain 16:9 | car | tree |
rain 4:3 | dog, umbrella ||
rain 3:2 | duck ||
blue 1:1 | red apple ||
yellow 4:3 | cat ||
pink 1:1 | strawberry ||
green 1:1 | lemon ||
turquoise 3:2 | pineapple ||
purple 1:1 | crown ||
red 4:3 | gift ||
orange 1:1 | pear ||
grey 4:3 | camera ||
white 1:1 | rose ||
black 4:3 | light bulb ||
pink 4:3 | cupcake, doughnut ||
yellow 3:2 | 3 cherry ||
blue 4:3 | robot ||
turquoise 1:1 | penguin ||
green 4:3 | panda ||
purple 4:3 | violin ||
blue 1:1 | alarm clock ||
pink 1:1 | heart ||
brown 4:3 | teddy bear ||
yellow 1:1 | avocado ||
white 4:3 | 2 tulip ||
grey 1:1 | key ||
orange 4:3 | black cat ||
"""


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _recipe(line: str) -> Recipe:
    setting, actors, props, sky = line.split("|")
    backdrop, aspect = setting.split()
    return Recipe(backdrop, aspect, _names(actors), _names(props), _names(sky))


RECIPES: tuple[Recipe, ...] = tuple(_recipe(line) for line in _TABLE.strip().splitlines())
