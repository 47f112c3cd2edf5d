'use strict';
(() => {
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const one = (selector, from) => (from || document).querySelector(selector);
  const root = document.documentElement;
  root.classList.add('js');

  // --- exchanges: data until somebody opens one ---------------------------------------------------------------------
  const datas = new WeakMap();
  const data = (scenario) => {
    if (!datas.has(scenario)) datas.set(scenario, JSON.parse(one('script.data', scenario).textContent));
    return datas.get(scenario);
  };

  // JSON spread over lines without reading its numbers: 10.00 stays 10.00.
  const spread = (text) => {
    if (!/^\s*[[{]/.test(text)) return text;
    let out = '', depth = 0, inside = false;
    const line = () => '\n' + '  '.repeat(depth);
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (inside) {
        out += c;
        if (c === '\\') out += text[++i] || '';
        else if (c === '"') inside = false;
      } else if (c === '"') { inside = true; out += c;
      } else if (c === '{' || c === '[') {
        const rest = text.slice(i + 1).match(/^\s*[}\]]/);
        if (rest) { out += c + rest[0].trim(); i += rest[0].length; } else { depth++; out += c + line(); }
      } else if (c === '}' || c === ']') { depth = Math.max(0, depth - 1); out += line() + c;
      } else if (c === ',') out += c + line();
      else if (c === ':') out += ': ';
      else if (!/\s/.test(c)) out += c;
    }
    return out;
  };

  const part = (title, text, kind) => {
    const head = document.createElement('h4');
    head.textContent = title;
    const body = document.createElement('pre');
    body.tabIndex = 0;
    if (kind) body.className = kind;
    body.textContent = text;
    return [head, body];
  };

  const words = { same: 'as accepted', changed: 'not as accepted', new: 'never accepted' };
  const draw = (call) => {
    if (call.dataset.drawn) return;
    call.dataset.drawn = 'yes';
    const { t, c } = data(call.closest('.scenario'));
    const x = c[Number(call.dataset.n)];
    if (!x) return;
    const join = (places, between) => places.map((place) => t[place]).join(between);
    const parts = [
      part('Request', join(x.q, '\n') + (x.b ? '\n' + spread(x.b) : '')),
      part('Response', join(x.r, '\n') + (x.a ? '\n' + spread(x.a) : '')),
    ];
    if (x.d) parts.push(part('Differs from the accepted snapshot', x.d.join('\n'), 'changes'));
    if (x.n) parts.push(part('Normalised for its snapshot: ' + words[x.s], x.n));
    const curl = x.k ? join(x.k, ' -H ') + " --data-binary '" + (x.b || '') + "'" : x.u ? join(x.u, ' -H ') : '';
    parts.push(curl ? part('Again, alone', curl, 'curl')
      : part('Again, alone', 'The body is longer than what this page holds; the evidence has it whole.'));
    parts.flat().forEach((element) => call.append(element));
  };
  document.addEventListener('toggle', (event) => {
    const target = event.target;
    if (target.open && target.classList.contains('call')) draw(target);
  }, true);

  all('.call[open]').forEach(draw);

  // --- the filter ---------------------------------------------------------------------------------------------------
  const form = one('#filter'), text = one('#text'), rule = one('#rule'), boxes = all('input[name=status]');
  const items = all('[data-status]');
  const haystacks = new WeakMap();
  const haystack = (item) => {
    if (!haystacks.has(item)) haystacks.set(item, item.textContent.toLowerCase());
    return haystacks.get(item);
  };
  const filter = () => {
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    const needle = text.value.trim().toLowerCase(), key = rule.value;
    let findings = 0, scenarios = 0, ofFindings = 0, ofScenarios = 0;
    for (const item of items) {
      const states = item.dataset.status.split(' ');
      const fits = (!wanted.length || wanted.some((state) => states.includes(state)))
        && (!key || item.dataset.rules.split(' ').includes(key))
        && (!needle || haystack(item).includes(needle));
      item.hidden = !fits;
      const scenario = item.classList.contains('scenario');
      if (scenario) { ofScenarios++; scenarios += fits; } else { ofFindings++; findings += fits; }
    }
    const active = wanted.length || needle || key;
    one('#shown').textContent = active
      ? `${findings} of ${ofFindings} findings, ${scenarios} of ${ofScenarios} scenarios` : '';
    one('#nothing').hidden = findings + scenarios > 0 || !active;
    return [wanted.length && 'status:' + wanted.join(','), key && 'rule:' + key,
      needle && 'text:' + encodeURIComponent(text.value.trim())].filter(Boolean).join(';');
  };
  const remember = () => {
    const wanted = filter();
    history.replaceState(null, '', wanted ? '#filter=' + wanted : location.pathname + location.search);
  };
  const recall = (wanted) => {
    boxes.forEach((box) => { box.checked = false; });
    text.value = ''; rule.value = '';
    for (const piece of wanted.split(';')) {
      const at = piece.indexOf(':'), value = decodeURIComponent(piece.slice(at + 1));
      if (piece.startsWith('status:')) boxes.forEach((box) => { box.checked = value.split(',').includes(box.value); });
      if (piece.startsWith('rule:')) rule.value = value;
      if (piece.startsWith('text:')) text.value = value;
    }
    filter();
  };
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', remember);
  one('#clear').addEventListener('click', () => { recall(''); remember(); });

  // --- addresses ----------------------------------------------------------------------------------------------------
  const go = () => {
    let wanted = location.hash.slice(1);
    if (wanted.startsWith('filter=')) {
      try { recall(wanted.slice(7)); } catch { recall(''); }
      return;
    }
    try { wanted = decodeURIComponent(wanted); } catch { return; }
    const target = wanted && document.getElementById(wanted);
    if (!target) return;
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') at.open = true;
      at.hidden = at.hidden && !at.dataset.status;
    }
    target.scrollIntoView();
  };
  window.addEventListener('hashchange', go);

  // --- keys ---------------------------------------------------------------------------------------------------------
  const help = one('#help');
  const theme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  };
  one('#theme').addEventListener('click', theme);
  one('#keys').addEventListener('click', () => help.showModal());
  let current = null;
  const step = (by) => {
    const shown = items.filter((item) => !item.hidden);
    const at = shown.indexOf(current);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
    if (!next) return;
    current = next;
    (next.tagName === 'DETAILS' ? one('summary', next) : next).focus({ preventScroll: true });
    next.scrollIntoView({ block: 'start' });
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === 'Escape') { document.activeElement.blur(); return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox') return;
    const does = { j: () => step(1), k: () => step(-1), '/': () => text.focus(), '?': () => help.showModal(), t: theme };
    if (!does[event.key]) return;
    event.preventDefault();
    does[event.key]();
  });
  document.addEventListener('focusin', (event) => {
    const item = event.target.closest('[data-status]');
    if (item) current = item;
  });

  filter();
  go();
})();
