"""Every verb of scenarios can be moved on the page of the explorer and is saved as it was moved."""

import pytest
from served import Served

from innoscape.network import VERBS
from innoscape.study import read_study
from innoscape.study.plan.write_template import write_template

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")


@pytest.mark.browser
def test_every_verb_has_controls_on_the_page(browser, tmp_path):
    file = write_template(tmp_path / "mine")
    with Served(file.parent) as one:
        page, complaints = browser.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
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
        page.fill("[name=name]", "all_verbs")
        page.press("[name=name]", "Enter")
        page.wait_for_selector("#saved:not(:empty)")
        assert "bad" not in (page.get_attribute("#saved", "class") or ""), page.inner_text("#saved")
    assert complaints == []
    assert [step.verb for step in read_study(file.parent).scenarios[-1].interventions] == [*VERBS]
