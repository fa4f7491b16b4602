// The server answers /static/uplot.js with the package's own module.
export { default } from 'uplot';
