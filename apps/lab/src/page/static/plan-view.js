import { ask, byId, clock, duration, h } from './dom.js';

/** @typedef {import('../routes.ts').PlanCard} PlanCard */
/** @typedef {import('../routes.ts').StoreLink} StoreLink */

/** The form that starts a run. @param {{ onStarted: () => void }} acts */
export function planView({ onStarted }) {
  const root = byId('choose');
  const place = byId('plans');
  const options = h('div', { class: 'options' });
  const estimate = h('p', { class: 'estimate' });
  const fault = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  const start = h('button', { class: 'primary' }, 'Start');
  const form = h('form', { submit: (event) => void submit(event), input: () => showEstimate() });
  /** @type {PlanCard[]} */
  let plans = [];

  const chosen = () => plans.find(({ name }) => name === new FormData(form).get('plan'));

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    fault.hidden = true;
    start.disabled = true;
    try {
      const headers = { 'content-type': 'application/json' };
      await ask('/api/runs', { method: 'POST', headers, body: JSON.stringify(wanted()) });
      onStarted();
    } catch (error) {
      fault.textContent = error instanceof Error ? error.message : String(error);
      fault.hidden = false;
    }
    start.disabled = false;
  }

  /** What is left as it is, the plan decides. */
  function wanted() {
    const data = new FormData(form);
    const contenders = data.getAll('contender').map(String);
    const [blocks, seed] = [Number(data.get('blocks')), String(data.get('seed') ?? '').trim()];
    return {
      plan: String(data.get('plan')),
      ...(blocks > 0 && { blocks }),
      ...(seed !== '' && { seed }),
      ...(contenders.length !== chosen()?.contenders.length && { contenders }),
    };
  }

  function showEstimate() {
    const plan = chosen();
    if (!plan) return;
    fault.hidden = true;
    const { blocks, contenders = plan.contenders } = wanted();
    const each = blocks === undefined ? plan.expectedMs / plan.contenders.length : plan.expectedMsOfBlock * blocks;
    const ms = each * contenders.length;
    start.disabled = contenders.length === 0;
    estimate.textContent =
      contenders.length === 0
        ? 'Choose at least one contender.'
        : `About ${duration(ms)}: until ${clock(Date.now() + ms)} if it starts now.`;
  }

  function showOptions() {
    const plan = chosen();
    if (!plan) return;
    options.replaceChildren(
      h(
        'fieldset',
        {},
        h('legend', {}, 'Contenders'),
        ...plan.contenders.map((name) =>
          h(
            'label',
            { class: 'check' },
            h('input', { type: 'checkbox', name: 'contender', value: name, checked: true }),
            name,
          ),
        ),
      ),
      h(
        'label',
        {},
        'Blocks',
        h('input', { type: 'number', name: 'blocks', min: 1, max: 50, inputmode: 'numeric', placeholder: plan.blocks }),
        h('small', {}, 'How often each contender is started afresh. More: narrower intervals.'),
      ),
      h(
        'label',
        {},
        'Seed',
        h('input', {
          name: 'seed',
          maxlength: 64,
          pattern: '[A-Za-z0-9][A-Za-z0-9_.\\-]*',
          title: 'Letters, digits, dots, underscores and hyphens; a letter or digit first',
          autocomplete: 'off',
          spellcheck: 'false',
          placeholder: 'a new one each time',
        }),
        h('small', {}, 'Decides all that is random. The same seed gives everybody the same shoppers.'),
      ),
    );
    showEstimate();
  }

  return {
    /** @param {boolean} isShown */
    toggle: (isShown) => {
      root.hidden = !isShown;
      if (isShown) showEstimate();
    },
    /** @param {PlanCard[]} next */
    show(next) {
      plans = next;
      // Who comes for the first time has a few minutes, not an hour.
      const first = plans.find(({ isQuick }) => isQuick) ?? plans[0];
      form.replaceChildren(
        h(
          'fieldset',
          { class: 'cards', change: showOptions },
          h('legend', { class: 'unseen' }, 'Plan'),
          ...plans.map((plan) => card(plan, plan === first)),
        ),
        h('details', {}, h('summary', {}, 'Options'), options),
        fault,
        h('div', { class: 'start' }, start, estimate),
      );
      place.replaceChildren(form);
      showOptions();
    },
    /**
     * @param {string} why
     * @param {() => void} again
     */
    showFault(why, again) {
      const retry = h('button', { type: 'button', click: again }, 'Try again');
      place.replaceChildren(h('p', { class: 'notice bad' }, `The plans could not be loaded. ${why} `, retry));
    },
  };
}

/**
 * @param {PlanCard} plan
 * @param {boolean} isChosen
 */
const card = ({ name, title, question, claims, isQuick, contenders, expectedMs }, isChosen) =>
  h(
    'label',
    { class: 'card' },
    h(
      'span',
      { class: 'card-head' },
      h('input', { type: 'radio', name: 'plan', value: name, checked: isChosen }),
      h('b', {}, title),
      h('span', { class: 'time' }, `about ${duration(expectedMs)}`),
    ),
    h('span', { class: 'question' }, question),
    h(
      'span',
      { class: 'faint' },
      h('code', {}, name),
      ` · ${contenders.length} contenders${isQuick ? ' · rough numbers' : ''}`,
      claims.length > 0 && h('span', { title: 'See docs/chapter-map.md' }, ` · claims ${claims.join(', ')}`),
    ),
  );

/** @param {StoreLink[]} stores */
export function showStores(stores) {
  const nav = byId('stores');
  nav.hidden = stores.length === 0;
  nav.replaceChildren(...stores.map(({ name, url }) => h('a', { href: url }, name)));
}
