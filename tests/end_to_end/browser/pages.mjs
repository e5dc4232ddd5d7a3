// Every page: no barrier that axe knows, in light and dark; no wider than a phone; a picture of each.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {findBarriers, go, keepPicture, launch, linkOfMail, openAccount, openPage, password} from './site.mjs';

const address = 'pages@example.net';
const heaviest = 15_000; // bytes of a page with all that it needs

let browser;
let signedIn; // the cookies of somebody who is
const links = {};

before(async () => {
  browser = await launch();
  const context = await browser.newContext();
  const page = await openPage(context);
  await openAccount(context, page, address);
  signedIn = await context.storageState();
  await go(page, '/account/reset-password');
  await page.fill('#email', address);
  await Promise.all([page.waitForNavigation(), page.press('#email', 'Enter')]);
  links.reset = await linkOfMail(context, address, 2);
  const other = await browser.newContext();
  const registering = await openPage(other);
  await go(registering, '/account/register');
  await registering.fill('#email', 'second@example.net');
  await Promise.all([registering.waitForNavigation(), registering.press('#email', 'Enter')]);
  links.verify = await linkOfMail(other, 'second@example.net');
  links.claim = await other.storageState();
  await context.close();
  await other.close();
});
after(() => browser.close());

// submit: what is typed before Enter, for pages that show what was wrong.
const pages = [
  {name: 'home', address: () => '/'},
  {name: 'members', address: () => '/members/', state: () => signedIn},
  {name: 'register', address: () => '/account/register'},
  {name: 'register-refused', address: () => '/account/register', submit: {'#email': 'no address'}},
  {name: 'verify-code', address: () => '/account/verify', state: () => links.claim},
  {name: 'verify', address: () => links.verify},
  {name: 'verify-refused', address: () => links.verify, submit: {'input[name=password]': 'short'}},
  {name: 'verify-dead', address: () => '/account/verify?token=dead'},
  {name: 'login', address: () => '/account/login'},
  {name: 'login-refused', address: () => '/account/login',
    submit: {'#email': address, '#password': 'wrong ' + password}},
  {name: 'login-signed-in', address: () => '/account/login', state: () => signedIn},
  {name: 'logout', address: () => '/account/logout', state: () => signedIn},
  {name: 'reset-password', address: () => '/account/reset-password'},
  {name: 'reset-password-sent', address: () => '/account/reset-password', submit: {'#email': 'x@example.net'}},
  {name: 'reset-password-confirm', address: () => links.reset},
  {name: 'reset-password-dead', address: () => '/account/reset-password/confirm?token=dead'},
  {name: 'account', address: () => '/account/', state: () => signedIn},
  {name: 'password', address: () => '/account/password', state: () => signedIn},
  {name: 'mailbox', address: () => '/account/mailbox', heavy: true},
  {name: 'not-found', address: () => '/account/nothing'},
];

const desk = {width: 1280, height: 900};
const phone = {width: 320, height: 640};
const looks = [
  {look: 'light', colorScheme: 'light', viewport: desk, examined: true},
  {look: 'dark', colorScheme: 'dark', viewport: desk, examined: true},
  {look: 'phone-dark', colorScheme: 'dark', viewport: phone},
  {look: 'phone', colorScheme: 'light', viewport: phone},
];

// The page and what it loaded.
const weigh = `performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)`;

for (const {name, address: addressOf, state, submit, heavy} of pages) {
  test(name, async () => {
    const context = await browser.newContext({storageState: state?.()});
    const page = await openPage(context);
    await go(page, addressOf());
    for (const [field, text] of Object.entries(submit ?? {})) await page.fill(field, text);
    if (submit) {
      const last = Object.keys(submit).at(-1);
      await Promise.all([page.waitForNavigation(), page.press(last, 'Enter')]);
    }
    const bytes = await page.evaluate(weigh);
    assert.ok(heavy || (bytes > 1000 && bytes < heaviest), `${bytes} bytes`);
    assert.equal(await page.locator('script').count(), 0);
    for (const {look, colorScheme, viewport, examined} of looks) {
      await page.emulateMedia({colorScheme});
      await page.setViewportSize(viewport);
      await keepPicture(page, `${name}-${look}`);
      if (examined) assert.deepEqual(await findBarriers(page), [], look);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.ok(width <= viewport.width, `${look}: ${width} pixels wide`);
    }
    assert.deepEqual(page.complaints, []);
    await context.close();
  });
}
