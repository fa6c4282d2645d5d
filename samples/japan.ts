import type { Faker } from '@faker-js/faker';
import type { Person } from './person.ts';

/** Kanji, kana and the spelling of e-mail addresses; Faker has no readings of its Japanese names. */
const LAST_NAMES = [
  ['佐藤', 'サトウ', 'sato'],
  ['鈴木', 'スズキ', 'suzuki'],
  ['高橋', 'タカハシ', 'takahashi'],
  ['髙橋', 'タカハシ', 'takahashi'],
  ['田中', 'タナカ', 'tanaka'],
  ['伊藤', 'イトウ', 'ito'],
  ['渡辺', 'ワタナベ', 'watanabe'],
  ['渡邉', 'ワタナベ', 'watanabe'],
  ['山本', 'ヤマモト', 'yamamoto'],
  ['中村', 'ナカムラ', 'nakamura'],
  ['小林', 'コバヤシ', 'kobayashi'],
  ['加藤', 'カトウ', 'kato'],
  ['吉田', 'ヨシダ', 'yoshida'],
  ['𠮷田', 'ヨシダ', 'yoshida'],
  ['山田', 'ヤマダ', 'yamada'],
  ['佐々木', 'ササキ', 'sasaki'],
  ['山口', 'ヤマグチ', 'yamaguchi'],
  ['松本', 'マツモト', 'matsumoto'],
  ['井上', 'イノウエ', 'inoue'],
  ['木村', 'キムラ', 'kimura'],
  ['林', 'ハヤシ', 'hayashi'],
  ['斎藤', 'サイトウ', 'saito'],
  ['清水', 'シミズ', 'shimizu'],
  ['山﨑', 'ヤマザキ', 'yamazaki'],
  ['森', 'モリ', 'mori'],
  ['池田', 'イケダ', 'ikeda'],
  ['橋本', 'ハシモト', 'hashimoto'],
  ['長谷川', 'ハセガワ', 'hasegawa'],
  ['五十嵐', 'イガラシ', 'igarashi'],
  ['東海林', 'ショウジ', 'shoji'],
] as const;

const FIRST_NAMES = [
  ['翔太', 'ショウタ', 'shota'],
  ['大輔', 'ダイスケ', 'daisuke'],
  ['健太', 'ケンタ', 'kenta'],
  ['拓也', 'タクヤ', 'takuya'],
  ['直樹', 'ナオキ', 'naoki'],
  ['和也', 'カズヤ', 'kazuya'],
  ['誠', 'マコト', 'makoto'],
  ['浩', 'ヒロシ', 'hiroshi'],
  ['悠真', 'ユウマ', 'yuma'],
  ['蓮', 'レン', 'ren'],
  ['美咲', 'ミサキ', 'misaki'],
  ['愛', 'アイ', 'ai'],
  ['彩', 'アヤ', 'aya'],
  ['陽菜', 'ヒナ', 'hina'],
  ['結衣', 'ユイ', 'yui'],
  ['恵子', 'ケイコ', 'keiko'],
  ['由美子', 'ユミコ', 'yumiko'],
  ['直美', 'ナオミ', 'naomi'],
  ['さくら', 'サクラ', 'sakura'],
  ['智子', 'トモコ', 'tomoko'],
  ['千尋', 'チヒロ', 'chihiro'],
  ['薫', 'カオル', 'kaoru'],
] as const;

/** Prefecture, city and ward, town, start of the postal code, and telephone numbers of that city (# is a digit). */
const PLACES = [
  ['東京都', '千代田区', '丸の内', '100', '03-3###-####'],
  ['東京都', '新宿区', '西新宿', '160', '03-5###-####'],
  ['東京都', '世田谷区', '太子堂', '154', '03-3###-####'],
  ['神奈川県', '横浜市西区', 'みなとみらい', '220', '045-2##-####'],
  ['大阪府', '大阪市北区', '梅田', '530', '06-6###-####'],
  ['大阪府', '大阪市中央区', '難波', '542', '06-6###-####'],
  ['愛知県', '名古屋市中村区', '名駅', '450', '052-5##-####'],
  ['北海道', '札幌市中央区', '北一条西', '060', '011-2##-####'],
  ['福岡県', '福岡市博多区', '博多駅前', '812', '092-4##-####'],
  ['京都府', '京都市下京区', '四条通', '600', '075-3##-####'],
  ['宮城県', '仙台市青葉区', '一番町', '980', '022-2##-####'],
  ['広島県', '広島市中区', '紙屋町', '730', '082-2##-####'],
  ['兵庫県', '神戸市中央区', '三宮町', '650', '078-3##-####'],
  ['沖縄県', '那覇市', 'おもろまち', '900', '098-8##-####'],
] as const;

const BUILDINGS = ['グランドハイツ', 'パークサイド', 'メゾン', 'コーポ桜', 'サンライズ', 'ビュータワー'];
const COMPANY_KINDS = ['商事株式会社', '工業株式会社', '電機株式会社', '建設有限会社', '合同会社'];

const NOTES = [
  '折り返し希望（平日 18:00 以降）',
  '請求書は郵送、\n領収書はメールで送付',
  '担当は"東日本"チーム、英語不可',
  '住所変更の連絡あり\n確認済み',
];

export function japanesePerson(faker: Faker): Person {
  const { arrayElement, maybe } = faker.helpers;
  const [lastName, lastKana, lastLatin] = arrayElement(LAST_NAMES);
  const [firstName, firstKana, firstLatin] = arrayElement(FIRST_NAMES);
  const [state, city, town, postalPrefix, phone] = arrayElement(PLACES);
  const block = [
    faker.number.int({ min: 1, max: 9 }),
    faker.number.int({ min: 1, max: 30 }),
    faker.number.int({ min: 1, max: 20 }),
  ];
  const building = `${arrayElement(BUILDINGS)}${faker.number.int({ min: 101, max: 1999 })}号室`;
  return {
    firstName,
    lastName,
    nameKana: `${lastKana} ${firstKana}`,
    emailName: `${lastLatin}.${firstLatin}`,
    emailDomain: arrayElement(['example.jp', 'example.co.jp', 'example.com']),
    phone: maybe(() => faker.helpers.replaceSymbols(phone), { probability: 0.6 }) ?? '',
    mobile: japaneseMobile(faker),
    company: maybe(() => `${arrayElement(LAST_NAMES)[0]}${arrayElement(COMPANY_KINDS)}`, { probability: 0.3 }) ?? '',
    address1: `${town}${block.join('-')}`,
    address2: maybe(() => building, { probability: 0.5 }) ?? '',
    city,
    state,
    postalCode: `${postalPrefix}-${faker.string.numeric(4)}`,
    country: 'JP',
    birthDateSeparator: '/',
    language: 'ja',
    note: arrayElement(NOTES),
  };
}

/** As people write them: domestic, international, or in wide digits. */
function japaneseMobile(faker: Faker): string {
  const middle = `${faker.number.int({ min: 1, max: 9 })}${faker.string.numeric(3)}`;
  const rest = `${middle}-${faker.string.numeric(4)}`;
  const prefix = faker.helpers.arrayElement(['90', '80', '70']);
  const style = faker.number.int({ min: 1, max: 100 });
  if (style <= 15) return `+81 ${prefix}-${rest}`;
  if (style <= 20) return wide(`0${prefix}-${rest}`);
  return `0${prefix}-${rest}`;
}

const WIDE_OFFSET = 0xfee0;

function wide(text: string): string {
  return text.replace(/[0-9-]/g, (character) => String.fromCharCode(character.charCodeAt(0) + WIDE_OFFSET));
}
