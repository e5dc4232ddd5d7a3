// register → mail → verify → logout → login → reset → login, by keyboard, with and without scripts.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {enter, go, launch, linkOfMail, openPage, otherPassword, password, press, type, where} from './site.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// On the page for it.
async function signIn(page, address, secret) {
  await type(page, '#email', address);
  await type(page, '#password', secret);
  await enter(page);
}

for (const javaScriptEnabled of [true, false]) {
  const name = javaScriptEnabled ? 'scripted' : 'scriptless';
  test(`the whole way by keyboard, ${name}`, async () => {
    const context = await browser.newContext({javaScriptEnabled});
    const page = await openPage(context);
    const address = `${name}@example.net`;

    await go(page, '/account/register');
    await type(page, '#email', 'no address');
    await enter(page);
    assert.match(await page.title(), /^Error/);
    assert.ok(await page.evaluate(() => document.activeElement.matches('[role=alert]')));
    await type(page, '#email', address);
    await enter(page);
    assert.match(await page.textContent('main'), new RegExp(address));

    await page.goto(await linkOfMail(context, address));
    await type(page, 'input[name=password]', 'short');
    await enter(page);
    assert.match(await page.title(), /^Error/);
    await type(page, 'input[name=password]', password);
    await enter(page);
    assert.equal(where(page), '/account/');
    assert.match(await page.textContent('main'), new RegExp(address));

    await press(page, 'header form button');
    assert.equal(where(page), '/account/login');

    await signIn(page, address, password);
    assert.equal(where(page), '/account/');
    await press(page, 'header form button');

    await press(page, 'main a[href*="reset-password"]');
    await type(page, '#email', address);
    await enter(page);
    await page.goto(await linkOfMail(context, address, 2));
    await type(page, 'input[name=password]', otherPassword);
    await enter(page);
    assert.equal(where(page), '/account/login');
    await signIn(page, address, otherPassword);
    assert.equal(where(page), '/account/');
    assert.deepEqual(page.complaints, []);
    await context.close();
  });
}

test('a protected page leads to sign-in and back to its very address', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  await go(page, '/members/?a=1&b=%2F');
  assert.equal(where(page), '/account/login');
  await signIn(page, 'scripted@example.net', otherPassword);
  assert.ok(page.url().endsWith('/members/?a=1&b=%2F'), page.url());
  assert.deepEqual(page.complaints, []);
  await context.close();
});

test('the chosen colours stay after signing out', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  await go(page, '/account/login');
  await signIn(page, 'scripted@example.net', otherPassword);
  await press(page, 'button[value=dark]');
  assert.equal(where(page), '/account/');
  await press(page, 'header form button');
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  await context.close();
});

test('a click on sign out is one redirect, and the way back shows nothing', async () => {
  const context = await browser.newContext();
  const page = await openPage(context);
  await go(page, '/account/login');
  await signIn(page, 'scripted@example.net', otherPassword);
  const [answer] = await Promise.all([page.waitForNavigation(), page.click('header form button')]);
  let redirects = 0;
  for (let request = answer.request(); request.redirectedFrom(); request = request.redirectedFrom()) redirects++;
  assert.equal(redirects, 1);
  await page.goBack();
  assert.doesNotMatch(await page.textContent('body'), /scripted@example\.net/);
  await context.close();
});
