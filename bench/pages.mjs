// Shows every page and uses every form in Chromium, and prints the worst of some rounds as JSON:
//   pages  lcp_ms  from asking for the page to its largest piece on the screen
//          shift   how much moved without being asked to (layout shift)
//   forms  inp_ms  the slowest of its keys and clicks, to the next frame; Chromium tells nothing below 16
//
//   SITE=http://localhost:8080 node bench/pages.mjs ROUNDS
import {go, launch, linkOfMail, otherPassword, password, where} from '../tests/end_to_end/browser/site.mjs';

const rounds = Number(process.argv[2]);
const pages = new Map();
const forms = new Map();

// Each entry outlives its page in the session storage of the tab.
function observe() {
  const keep = (entries) => {
    const kept = JSON.parse(sessionStorage.getItem('entries') ?? '[]');
    sessionStorage.setItem('entries', JSON.stringify([...kept, ...entries]));
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries().map((entry) => ({
    type: entry.entryType, startTime: entry.startTime, duration: entry.duration,
    value: entry.hadRecentInput ? 0 : entry.value ?? 0,
  }))));
  observer.observe({type: 'largest-contentful-paint', buffered: true});
  observer.observe({type: 'layout-shift', buffered: true});
  observer.observe({type: 'event', durationThreshold: 16, buffered: true});
}

const entriesOf = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('entries') ?? '[]'));
const forget = (page) => page.evaluate(() => sessionStorage.setItem('entries', '[]'));

function note(found, name, figures) {
  const before = found.get(name) ?? {};
  for (const [key, value] of Object.entries(figures)) before[key] = Math.max(before[key] ?? 0, value);
  found.set(name, before);
}

async function settle(page) {
  for (let tries = 0; tries < 100; tries++) {
    const entries = await entriesOf(page);
    if (entries.some((entry) => entry.type === 'largest-contentful-paint')) break;
    await page.waitForTimeout(20);
  }
  await page.waitForTimeout(150); // what moves late moves within that
}

async function look(page, name) {
  await settle(page);
  const entries = await entriesOf(page);
  const painted = entries.filter((entry) => entry.type === 'largest-contentful-paint');
  if (painted.length === 0) throw new Error(`${name}: nothing was painted`);
  const shifts = entries.filter((entry) => entry.type === 'layout-shift');
  note(pages, name, {
    lcp_ms: Math.round(painted.at(-1).startTime),
    shift: shifts.reduce((sum, entry) => sum + entry.value, 0),
  });
}

async function show(page, name, address) {
  if (page.url().startsWith('http')) await forget(page);
  await go(page, address);
  await look(page, name);
}

// Types into the fields and clicks the button; the page that follows is looked at too.
async function use(page, name, fields, button) {
  await forget(page);
  for (const [field, text] of Object.entries(fields)) {
    await page.click(field);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  }
  await page.waitForTimeout(50); // for the frames of the keys
  await Promise.all([page.waitForNavigation(), page.click(button)]);
  const entries = await entriesOf(page);
  const events = entries.filter((entry) => entry.type === 'event');
  note(forms, name, {inp_ms: Math.max(16, ...events.map((entry) => entry.duration))});
  await settle(page);
}

const of = (route) => `main form[action$="/${route}"] button`;
const signOut = 'header form button';

async function arrive(page, expected) {
  if (where(page) !== expected) throw new Error(`${page.url()} instead of ${expected}`);
}

async function round(browser, number) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(observe);
  const address = `measured-${number}@example.net`;

  await show(page, 'register', '/account/register');
  await use(page, 'register, refused', {'#email': 'no address'}, of('register'));
  await use(page, 'register', {'#email': address}, of('register'));
  await show(page, 'verify: code', '/account/verify');
  await show(page, 'verify: link', await linkOfMail(context, address));
  await use(page, 'verify, refused', {'#password': 'short'}, of('verify'));
  await use(page, 'verify', {'#password': password}, of('verify'));
  await arrive(page, '/account/');
  await show(page, 'account', '/account/');
  await use(page, 'profile', {'#name': 'Ada Lovelace'}, of('profile'));
  await use(page, 'settings', {}, '.theme button[value=dark]');
  await show(page, 'password', '/account/password');
  await use(page, 'password', {'#current_password': password, '#password': otherPassword}, of('password'));
  await arrive(page, '/account/');
  await show(page, 'logout', '/account/logout');
  await use(page, 'logout', {}, of('logout'));
  await show(page, 'login', '/account/login');
  await use(page, 'login, refused', {'#email': address, '#password': 'wrong ' + password}, of('login'));
  await use(page, 'login', {'#email': address, '#password': otherPassword}, of('login'));
  await arrive(page, '/account/');
  await use(page, 'logout from anywhere', {}, signOut);
  await show(page, 'reset-password', '/account/reset-password');
  await use(page, 'reset-password', {'#email': address}, of('reset-password'));
  await show(page, 'reset-password: link', await linkOfMail(context, address, 2));
  await use(page, 'reset-password/confirm', {'#password': password}, of('confirm'));
  await arrive(page, '/account/login');
  await context.close();
}

const browser = await launch();
for (let number = 0; number < rounds; ++number) await round(browser, number);
await browser.close();
const listed = (found) => [...found].map(([name, figures]) => ({name, ...figures}));
console.log(JSON.stringify({pages: listed(pages), forms: listed(forms)}));
