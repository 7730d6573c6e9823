import cangke.customers.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('english_name', models.CharField(blank=True, max_length=100, verbose_name='英文名称')),
                ('level', models.CharField(blank=True, choices=cangke.customers.models.level_choices, max_length=2, verbose_name='级别')),
                ('state', models.CharField(choices=cangke.customers.models.client_state_choices, default='active', max_length=10, verbose_name='状态')),
                ('settlement', models.CharField(choices=cangke.customers.models.settlement_choices, default='monthly', max_length=12, verbose_name='结算周期')),
                ('currency', models.CharField(default='CNY', max_length=3, verbose_name='币种')),
                ('contract_from', models.DateField(blank=True, null=True, verbose_name='合同起')),
                ('contract_to', models.DateField(blank=True, null=True, verbose_name='合同止')),
                ('contract_terms', models.TextField(blank=True, verbose_name='合同条款')),
                ('contact_name', models.CharField(blank=True, max_length=60, verbose_name='联系人')),
                ('contact_phone', models.CharField(blank=True, max_length=30, verbose_name='联系电话')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name='联系邮箱')),
                ('note', models.TextField(blank=True, verbose_name='备注')),
                ('keeper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.employee', verbose_name='对接客服')),
            ],
            options={
                'verbose_name': '仓储客户',
                'verbose_name_plural': '仓储客户',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='ClientMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账户')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='customers.client', verbose_name='仓储客户')),
            ],
            options={
                'verbose_name': '客户账户',
                'verbose_name_plural': '客户账户',
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('display_name', models.CharField(max_length=100, verbose_name='名称')),
                ('country', models.CharField(blank=True, max_length=60, verbose_name='国家或地区')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='语言')),
                ('level', models.CharField(blank=True, choices=cangke.customers.models.level_choices, max_length=2, verbose_name='级别')),
                ('tags', models.JSONField(blank=True, default=list, verbose_name='标签')),
                ('needs', models.TextField(blank=True, verbose_name='需求')),
                ('preferences', models.TextField(blank=True, verbose_name='偏好')),
                ('muted_until', models.DateTimeField(blank=True, null=True, verbose_name='静音至')),
                ('mute_reason', models.CharField(blank=True, max_length=200, verbose_name='静音事由')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='核实时间')),
                ('completeness', models.PositiveSmallIntegerField(default=0, verbose_name='完整度')),
                ('created_at', models.DateTimeField(verbose_name='建档时间')),
                ('client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='customers.client', verbose_name='仓储客户')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer', verbose_name='已并入')),
                ('shop', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.shop', verbose_name='店铺')),
                ('shops', models.ManyToManyField(blank=True, related_name='+', to='people.shop', verbose_name='来过的店铺')),
            ],
            options={
                'verbose_name': '客户档案',
                'verbose_name_plural': '客户档案',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['shop', '-id'], name='customer_shop_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('muted_until__isnull', True), models.Q(('mute_reason', ''), _negated=True), _connector='OR'), name='customer_muted_with_reason'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customer_not_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='收件人')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='电话')),
                ('country', models.CharField(default='CN', max_length=2, verbose_name='国家代码')),
                ('province', models.CharField(blank=True, max_length=60, verbose_name='省/州')),
                ('city', models.CharField(blank=True, max_length=60, verbose_name='市')),
                ('district', models.CharField(blank=True, max_length=60, verbose_name='区/县')),
                ('street', models.CharField(max_length=200, verbose_name='详细地址')),
                ('postcode', models.CharField(blank=True, max_length=16, verbose_name='邮编')),
                ('is_default', models.BooleanField(default=False, verbose_name='默认')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='customers.customer', verbose_name='客户')),
            ],
            options={
                'verbose_name': '收货地址',
                'verbose_name_plural': '收货地址',
                'ordering': ['-is_default', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('customer',), name='address_one_default')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=cangke.customers.models.identity_choices, max_length=20, verbose_name='类别')),
                ('channel_ref', models.CharField(blank=True, max_length=60, verbose_name='所属')),
                ('value', models.CharField(max_length=200, verbose_name='内容')),
                ('value_norm', models.CharField(max_length=200, verbose_name='规范内容')),
                ('value_reversed', models.CharField(db_index=True, max_length=200, verbose_name='倒序内容')),
                ('verified', models.BooleanField(default=False, verbose_name='已验证')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='customers.customer', verbose_name='客户')),
            ],
            options={
                'verbose_name': '客户身份',
                'verbose_name_plural': '客户身份',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['value_norm'], name='identity_value_norm')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'channel_ref', 'value_norm'), name='identity_belongs_to_one')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved', models.JSONField(default=dict, verbose_name='移动内容')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='事由')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='保留')),
                ('merged', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='并入')),
            ],
            options={
                'verbose_name': '客户合并',
                'verbose_name_plural': '客户合并',
                'ordering': ['-pk'],
            },
        ),
    ]
