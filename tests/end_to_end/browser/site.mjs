// Chromium on a site of the test's own. SITE is where script/server runs, SCREENSHOTS where pictures go.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

export const site = process.env.SITE;
export const password = 'a lamp, a boat and seven hills';
export const otherPassword = 'the second lamp is on the left';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run'],
  });
}

// A page whose console must stay silent: a style or script that the policy refuses shows there.
export async function openPage(context) {
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', message => {
    // A refused form is a 4xx document, which Chromium notes as a failed resource.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on('pageerror', error => page.complaints.push(String(error)));
  return page;
}

export async function go(page, address) {
  const answer = await page.goto(new URL(address, site).href);
  assert.ok(answer.status() < 500, `${address}: ${answer.status()}`);
  return answer;
}

// The path of the page, without what follows it.
export function where(page) {
  return new URL(page.url()).pathname;
}

export async function findBarriers(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate('axe.run(document)');
  return violations.map(found => `${found.id}: ${found.help} (${found.nodes.map(node => node.html).join(' ')})`);
}

// Colours fade from light to dark, and half-way everything looks disabled.
export async function keepPicture(page, name) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(fading => fading.finished)));
  await page.screenshot({path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true});
}

// To the element by the Tab key alone, as somebody without a mouse gets there.
export async function tabTo(page, selector) {
  for (let step = 0; step < 60; step++) {
    if (await page.evaluate(wanted => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${selector} on ${page.url()} is not reached by Tab`);
}

export async function type(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

// Enter in a field or on a button, and the page that follows.
export async function enter(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

export async function press(page, selector) {
  await tabTo(page, selector);
  await enter(page);
}

// The link in the newest held mail to that address; asks again until it is there.
export async function linkOfMail(context, address, count = 1) {
  const page = await context.newPage();
  const mail = page.locator('article', {hasText: `To ${address}`});
  for (let tries = 0; await mail.count() < count; tries++) {
    assert.ok(tries < 200, `no ${count}. mail to ${address}`);
    await go(page, '/account/mailbox');
  }
  const link = await mail.first().locator('a[href*="token="]').getAttribute('href');
  await page.close();
  return link;
}

export async function openAccount(context, page, address) {
  await go(page, '/account/register');
  await page.fill('#email', address);
  await Promise.all([page.waitForNavigation(), page.press('#email', 'Enter')]);
  await page.goto(await linkOfMail(context, address));
  await page.fill('input[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.press('input[name=password]', 'Enter')]);
  assert.equal(where(page), '/account/');
}
