"""Names to classes: built-in families, the user's own objects, and the errors."""

import pytest

from minikeras.utils import registry
from minikeras.utils.custom_objects import find_custom
from minikeras.utils.registry import Registry


class Shape:
    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(registry, "FAMILIES", dict(registry.FAMILIES))
    monkeypatch.setattr(registry, "PUBLIC_NAMES", dict(registry.PUBLIC_NAMES))
    family = Registry("shape", "keras.shapes")

    @family.register("disc", "round")
    class Circle(Shape):
        pass

    @family.register
    def line(length):
        return length

    family.Circle, family.line = Circle, line
    return family


@pytest.fixture
def custom(monkeypatch):
    monkeypatch.setattr("minikeras.utils.custom_objects._custom_objects", {})
    monkeypatch.setattr("minikeras.utils.custom_objects._custom_names", {})


def test_find_knows_names_and_aliases(shapes):
    assert shapes.find("Circle") is shapes.find("round") is shapes.Circle
    assert shapes.names() == ["Circle", "disc", "line", "round"]
    assert shapes.items() == [("Circle", shapes.Circle), ("line", shapes.line)]
    assert "disc" in shapes
    assert "square" not in shapes


def test_unknown_name_gets_a_suggestion(shapes):
    with pytest.raises(ValueError) as caught:
        shapes.get("cirkle")
    assert str(caught.value) == (
        "Unknown shape 'cirkle'. Did you mean 'Circle'? For your own, pass "
        "custom_objects={'cirkle': ...} or decorate it with "
        "@keras.saving.register_keras_serializable()."
    )


def test_get_reads_every_form(shapes):
    circle = shapes.Circle(4)
    config = {"class_name": "Circle", "config": {"size": 4}}
    assert shapes.get(None) is None
    assert type(shapes.get("disc")) is shapes.Circle
    assert type(shapes.get(shapes.Circle)) is shapes.Circle
    assert shapes.get(circle) is circle
    assert shapes.get("line") is shapes.line
    assert shapes.get(config).size == 4
    assert shapes.get({"class_name": "function", "config": "line"}) is shapes.line


@pytest.mark.parametrize("wrong", [3, 2.5, ["disc"]])
def test_get_refuses_what_names_nothing(shapes, wrong):
    with pytest.raises(TypeError, match=r"Cannot read .* as a shape. Give a name such"):
        shapes.get(wrong)


def test_config_without_class_name(shapes):
    with pytest.raises(TypeError, match=r"Cannot make a shape from \{'size': 3\}"):
        shapes.deserialize({"size": 3})


def test_config_that_does_not_fit_the_constructor(shapes):
    with pytest.raises(TypeError, match=r"Circle could not be made from its config"):
        shapes.deserialize({"class_name": "Circle", "config": {"radius": 3}})


def test_serialized_form_is_that_of_keras(shapes):
    assert shapes.serialize(shapes.Circle(2)) == {
        "module": "keras.shapes",
        "class_name": "Circle",
        "config": {"size": 2},
        "registered_name": None,
    }
    assert shapes.serialize(shapes.line) == {
        "module": "builtins",
        "class_name": "function",
        "config": "line",
        "registered_name": "function",
    }
    assert shapes.serialize(None) is None


def test_private_home_writes_the_registered_name(shapes):
    @shapes.register(module="keras.src.shapes.square")
    class Square(Shape):
        pass

    form = shapes.serialize(Square())
    assert form["module"] == "keras.src.shapes.square"
    assert form["registered_name"] == "Square"
    assert type(shapes.deserialize(form)) is Square


def test_registered_class_of_the_user(shapes, custom):
    @registry.register_keras_serializable("geometry", "Box")
    class Cube(Shape):
        pass

    form = shapes.serialize(Cube(3))
    assert (form["class_name"], form["registered_name"]) == ("Cube", "geometry>Box")
    assert shapes.deserialize(form).size == 3
    assert registry.get_registered_name(Cube) == "geometry>Box"
    assert registry.get_registered_object("geometry>Box") is Cube
    assert registry.get_custom_objects() == {"geometry>Box": Cube}


def test_registration_errors(custom):
    with pytest.raises(
        ValueError, match=r"Bad cannot be registered: it has no get_con"
    ):

        @registry.register_keras_serializable()
        class Bad:
            pass

    with pytest.raises(TypeError, match=r"with parentheses"):

        @registry.register_keras_serializable
        class Forgotten:
            pass


def test_scopes_nest_and_end(custom):
    with registry.custom_object_scope({"a": 1, "b": 2}):
        with registry.custom_object_scope({"a": 3}):
            assert [find_custom(n, None) for n in "ab"] == [3, 2]
            assert find_custom("a", {"a": 4}) == 4
        assert registry.get_registered_object("a") == 1
    assert registry.get_registered_object("a") is None


def test_package_prefix_is_optional_in_custom_objects(shapes):
    config = {"class_name": "Cube", "registered_name": "geometry>Cube", "config": {}}
    made = shapes.deserialize(config, custom_objects={"Cube": Shape})
    assert type(made) is Shape


def test_custom_objects_come_before_built_in_ones(shapes):
    config = {"class_name": "Circle", "module": "keras.shapes", "config": {}}
    assert type(shapes.deserialize(config, {"Circle": Shape})) is Shape


def test_object_without_get_config():
    with pytest.raises(TypeError, match=r"Cannot serialize 3\.5 \(float\): it has no"):
        registry.describe(3.5)


@pytest.mark.parametrize("module", ["os", "subprocess", "keras.src.secret", None])
def test_unknown_class_is_not_imported(module):
    form = {"module": module, "class_name": "Popen", "config": {"args": "ls"}}
    with pytest.raises(ValueError, match=r"Unknown class 'Popen'"):
        registry.find_type(form)


def test_operation_is_not_taken_for_a_layer_of_the_same_name(shapes):
    shapes.register(name="Weld")(Shape)
    form = {"module": "keras.src.ops.numpy", "class_name": "Weld", "config": {}}
    with pytest.raises(ValueError, match=r"Unknown [a-z]+ 'Weld'"):
        registry.find_type(form)
