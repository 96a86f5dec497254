/* global document */
import '@fapi/components/define/code';

const code = document.querySelector('fapi-code');
code.value = document.querySelector('#text').textContent;
