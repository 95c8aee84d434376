"""Every verb of scenarios can be moved on the page of the explorer and is saved as it was moved."""

import pytest
from served import Served

from innoscape.network import VERBS
from innoscape.study import read_study
from innoscape.study.plan.write_template import write_template

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:.*leaves everything as it is:innoscape.data.InnoscapeWarning")
def test_every_verb_has_controls_on_the_page(browser, tmp_path):
    file = write_template(tmp_path / "mine")
    with Served(file.parent) as one:
        page, complaints = browser.new_page(), []
        # a lever that is half set may be refused, which the page says
        page.on("console", lambda m: complaints.append(m.text) if "status of 422" not in m.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://{one.host}{one.path}")
        page.wait_for_selector("html[data-answered='1']")
        channel = page.locator("[data-channel=peer] input[type=range]").first
        channel.focus()
        channel.press("PageUp")
        for verb in VERBS:
            section = page.locator(f"details[data-verb={verb}]")
            section.evaluate("node => { node.open = true; }")
            if verb == "redirect_flow":
                section.locator("input[type=range]").first.press("PageUp")
            elif verb != "set_channel":
                section.locator("button.add").last.click()
                if verb == "remove_center":
                    # a center that no other verb names
                    section.locator("select").first.select_option(index=9)
                for _ in range(2):
                    for chooser in section.locator(".several select").all():
                        chooser.select_option(index=3)
                        chooser.select_option(index=5)
        page.fill("#save [name=name]", "all_verbs")
        page.press("#save [name=name]", "Enter")
        page.wait_for_selector("#saved:not(:empty)")
        assert "bad" not in (page.get_attribute("#saved", "class") or ""), page.inner_text("#saved")
    assert complaints == []
    assert [step.verb for step in read_study(file.parent).scenarios[-1].interventions] == [*VERBS]


@pytest.mark.browser
def test_a_channel_of_the_study_has_its_own_name_and_sliders(browser, study):
    (study / "rail.csv").write_text("source,target,value\nA,B,1\nB,C,2\n", encoding="utf-8")
    own = '[[diffusion.channels]]\nname = "rail"\ntitle = "Fast rail"\npairs = "rail.csv"\nrate = 0.3\n'
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("[[diffusion.channels]]", f'{own}decay = "none"\n\n[[diffusion.channels]]', 1), encoding="utf-8"
    )
    with Served(study) as one:
        page, complaints = browser.new_page(), []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://{one.host}{one.path}")
        page.wait_for_selector("html[data-answered='1']")
        assert page.inner_text("[data-channel=rail] legend") == "Fast rail"
        assert "Fast rail" in page.inner_text("#credit")
    assert complaints == []
