// The parts of every control page's script that turn the fault dial, show refused requests and change settings. They stand
// on the tools of simulator-page-script.ts, and reach the simulator by its control API alone.

export const FAULT_PANEL = `
  /* "create code · next 2 times · 20 %": how an aimed fault differs from one that always strikes everywhere. */
  function aimOf({ endpoint, code, times_left, probability, ms }, default_ms) {
    const times = times_left === 1 ? 'next time' : 'next ' + times_left + ' times';
    return [
      code ?? '',
      endpoint === null ? '' : endpoint.replaceAll('_', ' '),
      times_left === null ? '' : times,
      probability === 1 ? '' : Math.round(probability * 1000) / 10 + ' %',
      default_ms === null || ms === default_ms ? '' : ms + ' ms',
    ].filter(Boolean).join(' · ');
  }

  function buildFault({ name, about, default_ms, active }) {
    const label = wordsOf(name);
    const plain = active.find((fault) => aimOf(fault, default_ms) === '');
    const aimed = active.filter((fault) => fault !== plain);
    const flip = plain ? doing('DELETE', '/faults?id=' + plain.id) : doing('POST', '/faults', { fault: name });
    const pills = aimed.map((fault) => {
      const words = aimOf(fault, default_ms) || 'always';
      const remove = doing('DELETE', '/faults?id=' + fault.id);
      return make('button', { class: 'pill warn off', 'aria-label': 'Remove ' + label + ', ' + words, onclick: remove }, words + ' ×');
    });
    const text = make('div', {}, make('div', { class: 'name' }, label), make('div', { class: 'sub' }, ...(pills.length > 0 ? pills : [about])));
    /* A refusal has no usual code, so it is always aimed. */
    if (name === 'refuse') return make('div', { class: 'row' }, text, make('div', { class: 'end' }, make('button', { class: 'quiet', onclick: aimRefusal }, 'Choose')));
    return make('div', { class: 'row' }, text,
      make('div', { class: 'end' },
        make('button', { class: 'quiet', 'aria-label': label + ', once', onclick: doing('POST', '/faults', { fault: name, times: 1 }) }, 'Once'),
        make('button', { class: name === 'instant_pay' ? 'switch kind' : 'switch', role: 'switch', 'aria-checked': String(plain !== undefined), 'aria-label': label + ', always', onclick: flip })));
  }

  let dialNow;
  function drawFaults(dial) {
    const isFirst = dialNow === undefined;
    dialNow = dial;
    draw('faults', Object.entries(dial.known).map(([name, { about, default_ms }]) =>
      [name, { name, about, default_ms, active: dial.faults.filter((fault) => fault.fault === name) }]), buildFault);
    byId('clear-faults').hidden = dial.faults.length === 0;
    byId('fault-words').textContent = (dial.faults.length === 0 ? '' : "--faults '" + dial.on_command_line + "' ") + '--seed ' + dial.seed;
    if (!isFirst) return;
    const option = (value, text) => make('option', { value }, text);
    byId('aim_fault').replaceChildren(...Object.keys(dial.known).map((name) => option(name, wordsOf(name))));
    byId('aim_endpoint').replaceChildren(option('', 'Any request'), ...dial.endpoints.map((name) => option(name, wordsOf(name))));
    byId('aim_code').replaceChildren(...dial.codes.map((code) => option(code, code)));
    byId('seed').value = dial.seed;
    showAim();
  }

  /* Offers only what the chosen fault takes. */
  function showAim() {
    const { takes_endpoint, default_ms } = dialNow.known[byId('aim_fault').value];
    byId('aim_endpoint').disabled = !takes_endpoint;
    byId('aim_ms').disabled = default_ms === null;
    byId('aim_ms').placeholder = default_ms ?? '';
    byId('aim_code_line').hidden = byId('aim_fault').value !== 'refuse';
  }

  function aimRefusal() {
    byId('aiming').open = true;
    byId('aim_fault').value = 'refuse';
    showAim();
    byId('aim_code').focus();
  }

  function prepareFaults() {
    byId('clear-faults').addEventListener('click', doing('DELETE', '/faults'));
    byId('aim_fault').addEventListener('change', showAim);
    byId('aim').addEventListener('submit', async (event) => {
      event.preventDefault();
      const fault = { fault: byId('aim_fault').value };
      const read = (name, of = (text) => text) => {
        const field = byId('aim_' + name);
        if (!field.disabled && field.value !== '') fault[name] = of(field.value);
      };
      read('endpoint');
      if (fault.fault === 'refuse') read('code');
      read('times', Number);
      read('ms', Number);
      read('probability', (percent) => Number(percent) / 100);
      await ask('POST', '/faults', fault).catch((error) => tell(error.message));
      refresh();
    });
    byId('seed').addEventListener('change', async () => {
      await ask('POST', '/faults/seed', { seed: Number(byId('seed').value) }).catch((error) => tell(error.message));
      refresh();
    });
  }

  function buildRefusal(refusal) {
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, refusal.hint),
      make('div', { class: 'end' }, pill(String(refusal.status), 'bad')),
      make('div', { class: 'sub' }, time(refusal.at) + ' · ' + refusal.endpoint.replaceAll('_', ' ') + ' · ' + refusal.code));
  }

  function drawRefusals(refusals) {
    byId('refusals-section').hidden = refusals.length === 0;
    draw('refusals', refusals.slice(0, 6).map((one) => [one.at + one.hint, one]), buildRefusal, nothing('None', ''));
  }
`;

export const SETTING_PANEL = `
  /* A field for each setting that the control API shows and that has no place of its own on the page. */
  async function prepareSettings() {
    const fields = JSON.parse(byId('setting-fields').dataset.fields);
    const settings = await ask('GET', '/settings');
    const names = Object.keys(fields).filter((name) => name in settings && !byId(name));
    byId('settings-form').append(...names.map((name) => {
      const choices = fields[name].anyOf?.map((one) => one.const).filter(Boolean) ?? [];
      const value = settings[name];
      const isCheck = typeof value === 'boolean';
      const isNumber = typeof value === 'number';
      const field = choices.length > 0
        ? make('select', { id: name }, ...choices.map((choice) => make('option', { value: choice, selected: choice === value }, wordsOf(choice))))
        : make('input', { id: name, type: isCheck ? 'checkbox' : isNumber ? 'number' : 'text', value: isCheck ? false : value ?? '', checked: value === true, step: isNumber ? '1' : false });
      field.addEventListener('change', async () => {
        const next = isCheck ? field.checked : isNumber ? Number(field.value) : field.value === '' ? null : field.value;
        await ask('POST', '/settings', { [name]: next }).then(() => tell(wordsOf(name) + ' is set.'), (error) => tell(error.message));
      });
      return make('p', { class: isCheck ? 'wide check' : 'wide' }, make('label', { for: name }, wordsOf(name)), field);
    }));
    byId('settings-form').addEventListener('submit', (event) => event.preventDefault());
  }
`;
