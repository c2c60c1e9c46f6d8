# SPDX-License-Identifier: Apache-2.0
"""Mail: confirming addresses, changing them, recovering accounts; against a real SMTP server."""
import re
import ssl
import subprocess

import pytest

import api
import mailbox
import oauth
import persons
import registry
import server as servers
from persons import PASSWORD
from server import wait_for


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def server(start_server, box):
    """With mail."""
    return start_server(keys={"FEATURE_USER_METADATA": True, **box.keys()})


def new_address():
    return persons.make_name("mail") + "@example.com"


def confirmed(server, box):
    """A user who has signed up and confirmed: (browser, name, address)."""
    address, browser = new_address(), api.Api(server.base)
    reply, name = persons.sign_up(server, browser, email=address)
    assert reply.json() == {"awaiting_verification": True}
    follow(browser, box, address, "Confirm")
    return persons.sign_in(server, name), name, address


def follow(browser, box, address, subject):
    reply = browser.get(mailbox.link_in(box.wait(address, subject)))
    assert reply.status_code == 302, reply.text
    return reply


def test_sign_up(server, box):
    address, browser = new_address(), api.Api(server.base)
    reply, name = persons.sign_up(server, browser, email=address)
    assert reply.json() == {"awaiting_verification": True}
    assert browser.get("user/").status_code == 401
    refused = browser.post("signin", {"username": name, "password": PASSWORD})
    assert refused.status_code == 403
    assert refused.json()["needsEmailVerification"] is True
    assert refused.json()["invalidCredentials"] is False
    wrong = browser.post("signin", {"username": name, "password": "wrong-password"})
    assert wrong.json()["needsEmailVerification"] is False
    caller = registry.Registry(server.base, (name, PASSWORD))
    assert caller.ask_token().status_code == 401
    mail = box.wait(address, "Confirm")
    assert mail["From"] == "registry@example.com" and mail["To"] == address
    assert mail["Date"] and mail["Message-ID"] and name in mail.get_content()
    assert "http://registry.example:5000/confirm?code=" in mail.get_content()
    assert follow(browser, box, address, "Confirm").headers["Location"] == "/"
    assert browser.get("user/").json()["verified"] is True
    assert caller.ask_token().status_code == 200
    assert box.count(address) == 1  # a sign-in sends another only after a while


def test_a_link_works_once(server, box):
    address, browser = new_address(), api.Api(server.base)
    persons.sign_up(server, browser, email=address)
    link = mailbox.link_in(box.wait(address))
    assert browser.request("HEAD", link).status_code == 200  # uses up nothing
    assert browser.get(link).status_code == 302
    again = api.Api(server.base)
    assert again.get(link).status_code == 404
    assert again.get("user/").status_code == 401


@pytest.mark.parametrize("path", ["/confirm", "/recovery"])
def test_wrong_codes(server, box, path):
    browser = api.Api(server.base)
    assert browser.get(path).status_code == 400
    for code in ("", "A" * 40, "x", "A" * 300):
        assert browser.get(f"{path}?code={code}").status_code in (400, 404)
    assert browser.get("user/").status_code == 401


def test_address_needed(server):
    api.assert_problem(persons.sign_up(server)[0], 400, "Email address is required")


def test_change_of_address(server, box):
    me, name, old = confirmed(server, box)
    new = new_address()
    assert me.put("user/", {"email": new}).json()["email"] == old
    stranger = api.Api(server.base)
    reply = follow(stranger, box, new, "new e-mail")
    assert f"/user/{name}" in reply.headers["Location"]
    assert stranger.get("user/").status_code == 401  # a mistyped address is somebody else's
    assert me.get("user/").json()["email"] == new
    assert new in box.wait(old, "was changed").get_content()


def test_only_the_last_change_counts(server, box):
    me, _, _ = confirmed(server, box)
    first, second = new_address(), new_address()
    me.put("user/", {"email": first})
    link = mailbox.link_in(box.wait(first))
    me.put("user/", {"email": second})
    assert me.get(link).status_code == 404
    follow(me, box, second, "new e-mail")
    assert me.get("user/").json()["email"] == second


def test_address_taken_meanwhile(server, box):
    me, _, old = confirmed(server, box)
    new = new_address()
    me.put("user/", {"email": new})
    link = mailbox.link_in(box.wait(new))
    persons.sign_up(server, email=new)
    api.assert_problem(me.get(link), 400, "taken")
    assert me.get("user/").json()["email"] == old


def test_recovery(server, box):
    me, name, address = confirmed(server, box)
    browser = api.Api(server.base)
    assert browser.post("recovery", {"email": address.upper()}).json() == {"status": "sent"}
    reply = follow(browser, box, address, "Recover")
    assert f"/user/{name}" in reply.headers["Location"]
    assert me.get("user/").status_code == 200
    browser.csrf = browser.get("/csrf_token").json()["csrf_token"]
    assert browser.put("user/", {"password": "another-password"}).status_code == 200
    assert me.get("user/").status_code == 401
    assert "password" in box.wait(address, "password was changed").get_content()
    assert persons.sign_in(server, name, "another-password").get("user/").status_code == 200


def recovered(server, box):
    """A user who has followed the link for a forgotten password: (browser, name, page, its path)."""
    me, name, address = confirmed(server, box)
    browser = api.Api(server.base)
    browser.post("recovery", {"email": address})
    path = follow(browser, box, address, "Recover").headers["Location"]
    return browser, name, browser.get(path), path


def fields_of(page):
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text and page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    return dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page.text))


def post_form(server, browser, name, **fields):
    return browser.session.post(f"{server.base}/user/{name}", data=fields, timeout=60,
                                allow_redirects=False)


def test_recovery_by_page(server, box):
    """From the mail to the new password with nothing but links and a form."""
    browser, name, page, _ = recovered(server, box)
    assert page.status_code == 200 and name in page.text
    other = api.Api(server.base)
    token = fields_of(page)["_csrf_token"]
    reply = post_form(server, browser, name, password="new-password-1", again="new-password-1",
                      _csrf_token=token)
    assert reply.status_code == 200 and "was changed" in reply.text
    assert browser.get("user/").json()["username"] == name  # with a session of its own
    assert persons.sign_in(server, name, "new-password-1").get("user/").status_code == 200
    body = {"username": name, "password": PASSWORD}
    assert other.post("signin", body).status_code == 403
    assert "password" in box.wait(browser.get("user/").json()["email"], "was changed").get_content()


def test_recovery_by_a_superuser(server, box):
    """sendrecovery: the user gets the mail, and nobody else may have it sent."""
    _, name, address = confirmed(server, box)
    server.run("user", "create", "mailroot", "--password-stdin", "--superuser", password=PASSWORD + "\n")
    root = persons.sign_in(server, "mailroot")
    path = f"superusers/users/{name}/sendrecovery"
    api.assert_problem(api.Api(server.base).post(path), 401)
    api.assert_problem(persons.sign_in(server, name).post(path), 403)
    assert box.count(address) == 1  # that of signing up
    reply = root.post(path)
    assert (reply.status_code, reply.json()) == (200, {"email": address})
    browser = api.Api(server.base)
    page = browser.get(follow(browser, box, address, "Recover").headers["Location"])
    reply = post_form(server, browser, name, password="new-password-1", again="new-password-1",
                      _csrf_token=fields_of(page)["_csrf_token"])
    assert reply.status_code == 200
    assert persons.sign_in(server, name, "new-password-1").get("user/").status_code == 200
    assert "code" not in root.post(path).text
    api.assert_problem(root.post("superusers/users/nobody-here/sendrecovery"), 404)
    api.assert_problem(root.post("superusers/users/mailroot/sendrecovery"), 400, "no e-mail address")
    organization = persons.make_name("org")
    persons.sign_in(server, name, "new-password-1").post(
        "organization/", {"name": organization, "email": new_address()})
    api.assert_problem(root.post(f"superusers/users/{organization}/sendrecovery"), 404)


@pytest.mark.parametrize("change, status, text", [
    ({"again": "another-password"}, 400, "two different"), ({"password": "short", "again": "short"}, 400, ""),
    ({"password": "", "again": ""}, 400, ""), ({"again": None}, 400, "again"), ({"password": None}, 400, ""),
    ({"password": "x" * 73, "again": "x" * 73}, 400, "72"),
    ({"_csrf_token": "x"}, 403, "CSRF"), ({"_csrf_token": ""}, 403, "CSRF"), ({"_csrf_token": None}, 403, "CSRF"),
])
def test_recovery_page_refuses(server, box, change, status, text):
    browser, name, page, _ = recovered(server, box)
    fields = {"password": "new-password-1", "again": "new-password-1",
              "_csrf_token": fields_of(page)["_csrf_token"], **change}
    reply = post_form(server, browser, name,
                      **{key: value for key, value in fields.items() if value is not None})
    assert reply.status_code == status and text in reply.text
    assert persons.sign_in(server, name).get("user/").status_code == 200
    if status == 400:  # and one can try again on the page that says so
        fields.update(password="new-password-1", again="new-password-1",
                      _csrf_token=fields_of(reply)["_csrf_token"])
        assert post_form(server, browser, name, **fields).status_code == 200


def test_page_is_for_its_user(server, box):
    browser, name, _, path = recovered(server, box)
    stranger, _, _ = confirmed(server, box)
    token = browser.get("/csrf_token").json()["csrf_token"]
    fields = {"password": "new-password-1", "again": "new-password-1", "_csrf_token": token}
    nobody = api.Api(server.base)
    for caller, status in ((nobody, 401), (stranger, 404)):
        assert caller.get(path).status_code == status
        assert post_form(server, caller, name, **fields).status_code == status
        assert name not in caller.get(path).text
    program = api.Api(server.base, token=server.run(
        "token", "create", "--user", name, "--scope", "user:admin", "page").stdout.strip())
    assert program.get(path).status_code == 401  # a token is no person
    assert post_form(server, program, name, **fields).status_code == 401
    assert persons.sign_in(server, name).get("user/").status_code == 200


def test_page_wants_a_fresh_login(start_server, box):
    server = start_server(keys={**box.keys(), "FRESH_LOGIN_TIMEOUT": "1s"})
    browser, name, page, path = recovered(server, box)
    wait_for(lambda: browser.get(path).status_code == 401, "the login to be old")
    reply = post_form(server, browser, name, password="new-password-1", again="new-password-1",
                      _csrf_token=browser.get("/csrf_token").json()["csrf_token"])
    assert reply.status_code == 401 and "sign in anew" in reply.text


def test_recovery_tells_nothing(server, box):
    browser = api.Api(server.base)
    unknown = new_address()
    assert browser.post("recovery", {"email": unknown}).json() == {"status": "sent"}
    assert browser.post("recovery", {"email": "826S"}).json() == {"status": "sent"}
    me, _, address = confirmed(server, box)
    for _ in range(3):
        assert browser.post("recovery", {"email": address}).json() == {"status": "sent"}
    box.wait(address, "Recover")
    assert me.put("user/", {"password": "another-password"}).status_code == 200
    box.wait(address, "password was changed")  # mails go out in order: all of them have
    assert box.count(address) == 3 and box.count(unknown) == 0
    api.assert_problem(browser.post("recovery", {}), 400, "email")


def test_recovery_ends_with_the_password(server, box):
    me, _, address = confirmed(server, box)
    me.post("recovery", {"email": address})
    link = mailbox.link_in(box.wait(address, "Recover"))
    assert me.put("user/", {"password": "another-password"}).status_code == 200
    assert api.Api(server.base).get(link).status_code == 404


def test_recovery_of_an_organization(server, box):
    me, _, _ = confirmed(server, box)
    address, name = new_address(), persons.make_name("team")
    assert me.post("organization/", {"name": name, "email": address}).status_code == 201
    reply = me.post("recovery", {"email": address}).json()
    assert reply == {"status": "org", "orgemail": address,
                     "orgname": name[:2] + "*" * (len(name) - 2)}
    assert box.count(address) == 0


def test_codes_are_of_one_purpose(server, box):
    me, _, address = confirmed(server, box)
    me.post("recovery", {"email": address})
    link = mailbox.link_in(box.wait(address, "Recover"))
    browser = api.Api(server.base)
    assert browser.get(link.replace("/recovery", "/confirm")).status_code == 404
    assert browser.get("user/").status_code == 401
    assert browser.get(link).status_code == 302  # and it was not used up by that


def test_invited_by_mail(server, box):
    """The code of an invitation shows whose address it is."""
    me, _, _ = confirmed(server, box)
    organization, address = persons.make_name("org"), new_address()
    assert me.post("organization/", {"name": organization, "email": new_address()}
                   ).status_code == 201
    assert me.put(f"organization/{organization}/team/owners/invite/{address}").status_code == 200
    link = mailbox.link_in(box.wait(address))
    code, browser = link.partition("code=")[2], api.Api(server.base)
    page = browser.get(link)
    assert page.status_code == 200 and organization in page.text and code in page.text
    assert browser.get("/confirminvite?code=guess").status_code == 404
    reply, name = persons.sign_up(server, browser, email=address, invite_code=code)
    assert reply.json()["username"] == name and reply.json()["verified"] is True
    reply, _ = persons.sign_up(server, email=new_address(), invite_code=code)
    assert reply.json() == {"awaiting_verification": True}  # to another address it says nothing


def test_invited_by_mail_after_signing_up(server, box):
    me, _, _ = confirmed(server, box)
    organization, address = persons.make_name("org"), new_address()
    assert me.post("organization/", {"name": organization, "email": new_address()}
                   ).status_code == 201
    assert me.put(f"organization/{organization}/team/owners/invite/{address}").status_code == 200
    code = mailbox.link_in(box.wait(address, "invited")).partition("code=")[2]
    browser = api.Api(server.base)
    _, name = persons.sign_up(server, browser, email=address)
    for password, invite_code in (("wrong-password", code), (PASSWORD, "guess")):
        reply = browser.post("signin", {"username": name, "password": password,
                                        "invite_code": invite_code})
        assert reply.status_code == 403
    body = {"username": name, "password": PASSWORD, "invite_code": code}
    assert browser.post("signin", body).json() == {"success": True}
    assert browser.get("user/").json()["verified"] is True


def test_without_mail(start_server):
    server = start_server(keys={"FEATURE_MAILING": True})
    browser = api.Api(server.base)
    assert persons.sign_up(server, browser)[0].json()["is_me"] is True
    api.assert_problem(browser.post("recovery", {"email": "a@example.com"}), 404)
    assert browser.get("/confirm?code=" + "A" * 40).status_code == 404


def test_tls_and_login(start_server, tmp_path):
    """A certificate that nobody trusts: the password must not be sent."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", tmp_path / "key",
                    "-out", tmp_path / "cert", "-days", "2", "-subj", "/CN=127.0.0.1"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    box = mailbox.Mailbox(tls=context, login=("wharf", "hunter2-secret"))
    server = start_server(keys={**box.keys(), "MAIL_USE_TLS": True, "MAIL_USERNAME": "wharf",
                                "MAIL_PASSWORD": "hunter2-secret"})
    persons.sign_up(server, email="a@example.com")
    server.stop()
    assert not box.mails
    line = next(line for line in server.log() if line["msg"] == "mail not sent")
    assert line["to"] == "a@example.com" and "certificate" in line["detail"]
    assert "hunter2" not in server.log_text()
    box.stop()


def test_login(start_server):
    box = mailbox.Mailbox(login=("wharf", "hunter2-secret"))
    server = start_server(keys={**box.keys(), "MAIL_USERNAME": "wharf",
                                "MAIL_PASSWORD": "hunter2-secret"})
    persons.sign_up(server, email="a@example.com")
    assert box.wait("a@example.com")
    box.stop()


def test_starttls_is_demanded(start_server):
    box = mailbox.Mailbox()
    server = start_server(keys={**box.keys(), "MAIL_USE_TLS": True})
    persons.sign_up(server, email="a@example.com")
    server.stop()
    assert not box.mails
    assert [line for line in server.log() if line["msg"] == "mail not sent"]
    box.stop()


def test_sent_before_the_end(start_server):
    """What was promised is sent, also when the server is told to stop."""
    box = mailbox.Mailbox()
    server = start_server(keys=box.keys())
    for _ in range(5):
        persons.sign_up(server, email=new_address())
    server.stop()
    assert len(box.mails) == 5
    box.stop()


def test_other_links_end_with_a_confirmation(server, box):
    """Each sign-in of somebody unconfirmed may send a link, and each link signs in: one is enough."""
    address, browser = new_address(), api.Api(server.base)
    _, name = persons.sign_up(server, browser, email=address)
    first = mailbox.link_in(box.wait(address, "Confirm"))
    oauth.execute(server, "UPDATE mail_code SET created_ms = 1")
    assert browser.post("signin", {"username": name, "password": PASSWORD}).status_code == 403
    servers.wait_for(lambda: box.count(address) == 2, "another mail")
    second = mailbox.link_in(box.wait(address, "Confirm"))
    assert second != first
    assert browser.get(second).status_code == 302
    assert api.Api(server.base).get(first).status_code == 404


def test_links_to_the_old_address_end_with_it(server, box):
    me, _, old = confirmed(server, box)
    me.post("recovery", {"email": old})
    link = mailbox.link_in(box.wait(old, "Recover"))
    new = new_address()
    me.put("user/", {"email": new})
    follow(me, box, new, "new e-mail")
    assert api.Api(server.base).get(link).status_code == 404


def test_a_change_of_address_ends_with_the_password(server, box):
    """Who had the old password must not get hold of the account by what he asked for with it."""
    me, _, old = confirmed(server, box)
    foreign = new_address()
    assert me.put("user/", {"email": foreign}).status_code == 200
    link = mailbox.link_in(box.wait(foreign))
    assert me.put("user/", {"password": "another-password"}).status_code == 200
    assert api.Api(server.base).get(link).status_code == 404
    assert me.get("user/").json()["email"] == old


def test_links_end_with_the_password_that_the_command_line_sets(server, box):
    me, name, address = confirmed(server, box)
    me.post("recovery", {"email": address})
    link = mailbox.link_in(box.wait(address, "Recover"))
    server.run("user", "passwd", name, "--password-stdin", password="another-password\n")
    assert api.Api(server.base).get(link).status_code == 404
