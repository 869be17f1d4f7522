export { useLocale } from 'react-aria-components';
